// What the command line runtime writes with --log-format=json: one short process per command, endpoints as nested objects.
import { logrusJson, SECOND_NS } from './formats.js';
import { Random } from './random.js';

const PODS = 14;
const STATES_PER_POD = 21;
const ZERO_COUNTERS =
  'RxErrors TxErrors RxDropped TxDropped Multicast Collisions RxLengthErrors RxOverErrors RxCrcErrors RxFrameErrors RxFifoErrors RxMissedErrors TxAbortedErrors TxCarrierErrors TxFifoErrors TxHeartbeatErrors TxWindowErrors RxCompressed TxCompressed'.split(
    ' ',
  );

function statistics(random) {
  const counters = {
    RxPackets: random.int(1, 900),
    TxPackets: random.int(1, 900),
    RxBytes: random.int(42, 90_000),
    TxBytes: random.int(42, 90_000),
  };
  for (const name of ZERO_COUNTERS) counters[name] = 0;
  return counters;
}

const tapName = (name, mac) => ({
  ID: '',
  Name: name,
  TAPIface: { Name: name, HardAddr: mac, Addrs: null },
  VMFds: null,
  VhostFds: null,
});

/** The link's attributes as the netlink package names them. */
function link(random) {
  return {
    Index: random.int(2, 9),
    MTU: 1460,
    TxQLen: 0,
    Name: 'eth0',
    HardwareAddr: 'ClgKAQAL',
    Flags: 19,
    RawFlags: 69699,
    ParentIndex: random.int(10, 90),
    MasterIndex: 0,
    Namespace: null,
    Alias: '',
    Statistics: statistics(random),
    Promisc: 0,
    Xdp: { Fd: 0, Attached: false, Flags: 0, ProgId: 0 },
    EncapType: 'ether',
    Protinfo: null,
    OperState: 6,
    NetNsID: 0,
    NumTxQueues: 0,
    NumRxQueues: 0,
    GSOMaxSize: 65536,
    GSOMaxSegs: 65535,
    Vfs: null,
    Group: 0,
    Slave: null,
    Type: 'veth',
  };
}

/** A veth endpoint as Go marshals it; its hundred leaves are what makes a dynamic mapping explode. */
function endpoint(random, address) {
  const mac = `02:00:ca:fe:${random.hex(2)}:${random.hex(2)}`;
  const iface = link(random);
  const route = {
    LinkIndex: iface.Index,
    ILinkIndex: 0,
    Scope: 0,
    Dst: null,
    Src: '',
    Gw: '10.88.0.1',
    MultiPath: null,
    Protocol: 3,
    Priority: 0,
    Table: 254,
    Type: 1,
    Tos: 0,
    Flags: 0,
    MTU: 0,
    AdvMSS: 0,
  };
  return {
    NetPair: {
      ...tapName('br0_kata', mac),
      TapInterface: tapName('tap0_kata', mac),
      VirtIface: { Name: 'eth0', HardAddr: mac, Addrs: null },
      NetInterworkingModel: 3,
    },
    EndpointProperties: {
      Iface: iface,
      Addrs: [
        {
          IP: address,
          Mask: '//8AAA==',
          Label: '',
          Flags: 128,
          Scope: 0,
          Peer: null,
          Broadcast: '10.88.255.255',
          PreferedLft: 4294967295,
          ValidLft: 4294967295,
          LinkIndex: iface.Index,
        },
      ],
      Routes: [route],
      DNS: { Servers: null, Domain: '', Searches: null, Options: null },
      Neighbors: null,
    },
    EndpointType: 'virtual',
    PCIAddr: '',
  };
}

class Pod {
  records = [];

  constructor(index, seed) {
    this.random = new Random(seed + index * 104_729);
    this.sandbox = this.random.hex(64);
    this.containers = [this.random.hex(64), this.random.hex(64)];
    this.address = `10.88.0.${(index % 200) + 10}`;
    this.ns = (index * 6000 + this.random.int(60, 3000)) * SECOND_NS;
    this.lifeNs = this.random.int(400, 2400) * SECOND_NS;
  }

  /** One run of `kata-runtime`: its base fields, then whatever `body` logs. */
  command(command, container, body) {
    this.ns += this.random.int(SECOND_NS / 20, SECOND_NS * 2);
    const base = {
      arch: 'amd64',
      command,
      container,
      name: 'kata-runtime',
      pid: this.random.int(3000, 60_000),
      source: 'runtime',
    };
    const log = (level, msg, fields = {}) => {
      this.ns += this.random.int(100_000, 9_000_000);
      this.records.push({ ns: this.ns, level, msg, fields: { ...base, ...fields } });
    };
    log('info', '', {
      arguments: `"${command} ${container}"`,
      commit: '04f298320e17f0ac05ccd3d4c36ba5a4a1d1b4c8',
      version: '1.13.0',
    });
    const vc = (subsystem, level, msg, fields = {}) =>
      log(level, msg, { sandbox: this.sandbox, source: 'virtcontainers', subsystem, ...fields });
    body(vc, log);
  }

  unmarshalEndpoint(vc) {
    vc('network', 'info', 'endpoint unmarshalled', {
      endpoint: endpoint(this.random, this.address),
      'endpoint-type': 'virtual',
    });
  }

  create(container, fails) {
    this.command('create', container, (vc, log) => {
      log('info', 'loaded configuration', {
        file: '/opt/kata/share/defaults/kata-containers/configuration-qemu.toml',
        format: 'TOML',
        source: 'katautils',
      });
      vc('sandbox', 'debug', 'fetch sandbox');
      if (container === this.sandbox) {
        vc('network', 'info', 'Endpoints found after scan', { endpoints: [endpoint(this.random, this.address)] });
        vc('sandbox', 'info', 'Starting VM');
        vc('qemu', 'info', 'Adding extra file [0xc0001be000 0xc0001be008]', {
          'qmp-socket': `/run/vc/vm/${this.sandbox}/qmp.sock`,
        });
        vc('sandbox', 'info', 'VM started');
        vc('kata_agent', 'info', 'New client', { url: `unix:///run/vc/sbs/${this.sandbox}/proxy.sock` });
        vc('sandbox', 'info', 'Agent started in the sandbox');
      }
      if (fails)
        log(
          'error',
          `rpc error: code = Internal desc = Could not run process: container_linux.go:349: starting container process caused "exec: \\"/app\\": stat /app: no such file or directory"`,
        );
      else vc('container', 'debug', 'Setting container state', { 'container state': 'ready' });
    });
  }

  state(container) {
    this.command('state', container, (vc, log) => {
      vc('sandbox', 'info', 'fetch sandbox');
      if (this.random.chance(0.05)) this.unmarshalEndpoint(vc);
      log('debug', 'container state', {
        state: 'running',
        'bundle-path': `/run/containers/storage/overlay-containers/${container}/userdata`,
      });
      vc('sandbox', 'info', 'release sandbox');
    });
  }

  end(container) {
    this.command('kill', container, (vc, log) => {
      vc('sandbox', 'info', 'fetch sandbox');
      this.unmarshalEndpoint(vc);
      log('debug', 'killing container', { signal: 15, 'container state': 'running' });
      if (this.random.chance(0.15)) log('warning', 'container did not stop in time: sending SIGKILL', { signal: 9 });
      vc('sandbox', 'info', 'release sandbox');
    });
    this.command('delete', container, (vc) => {
      vc('sandbox', 'info', 'fetch sandbox');
      this.unmarshalEndpoint(vc);
      vc('container', 'debug', 'Container already stopped');
      if (container === this.sandbox)
        vc('kata_agent', 'info', 'cleanup agent', { path: `/run/kata-containers/shared/sandboxes/${this.sandbox}` });
      vc('sandbox', 'info', 'release sandbox');
    });
  }
}

function playPod(pod, fails) {
  const all = [pod.sandbox, ...pod.containers];
  const last = fails ? pod.containers[1] : undefined;
  for (const container of all) {
    pod.create(container, container === last);
    if (container !== last) pod.command('start', container, (vc) => vc('container', 'info', 'Container is started'));
  }
  const startNs = pod.ns;
  for (let step = 0; step < STATES_PER_POD; step++) {
    pod.ns = startNs + Math.floor(((step + 1) * pod.lifeNs) / STATES_PER_POD);
    for (const container of pod.random.shuffled(all).slice(0, 2)) pod.state(container);
  }
  for (const container of all.toReversed()) pod.end(container);
}

/** @returns `{ ns, level, msg, fields }` of every record of the commands run for one pod; pods are numbered from 0 */
export function commandsOfPod(index, seed = 1403) {
  const pod = new Pod(index, seed);
  playPod(pod, index % 5 === 3);
  return pod.records;
}

/** @returns `{ ns, text }` of every record of kata-json.log, pod by pod */
export function playCommandLine() {
  return Array.from({ length: PODS }, (_, index) => commandsOfPod(index))
    .flat()
    .map(({ ns, level, msg, fields }) => ({ ns, text: logrusJson(ns, level, msg, fields) }));
}
