// The life of one sandbox as containerd-shim-v2 logs it, with its guest's answers in between.
import * as agent from './agent.js';
import { SECOND_NS } from './formats.js';
import { bootGuest, kernelPanic, outOfMemory } from './guest.js';
import { Scene } from './scene.js';

const STATS_PER_LIFE = 18;

/** Emits `op() start`, what happens meanwhile, and `op() end`. */
function span(scene, op, fields, body) {
  scene.log('debug', `${op}() start`, fields);
  body?.();
  scene.pass(100, 4000);
  scene.log('debug', `${op}() end`, fields);
}

function loadConfiguration(scene) {
  const file = `/opt/kata/share/defaults/kata-containers/configuration-${scene.sandbox.hypervisor}.toml`;
  scene.log('info', 'loaded configuration', { source: 'katautils', file, format: 'TOML' });
  // No text: logrus leaves msg out.
  scene.log('debug', '', {
    source: 'katautils',
    'default-kernel-parameters':
      'root=/dev/pmem0p1 rootflags=dax,data=ordered,errors=remount-ro ro rootfstype=ext4 systemd.unit=kata-containers.target systemd.mask=systemd-networkd.service',
  });
  scene.log('info', 'create netns', {
    source: 'katautils',
    netns: `/var/run/netns/cni-${scene.random.hex(8)}-${scene.random.hex(4)}`,
  });
  scene.vc('network', 'info', 'endpoints found after scan', { endpoints: `[0xc000${scene.random.hex(6)}]` });
}

function qemuArguments(scene) {
  const { sandbox, random } = scene;
  const dir = `/run/vc/vm/${sandbox.id}`;
  return [
    `-name sandbox-${sandbox.id},debug-threads=on -uuid ${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-9${random.hex(3)}-${random.hex(12)}`,
    '-machine q35,accel=kvm,nvdimm=on -cpu host,pmu=off',
    `-qmp unix:fd=3,server=on,wait=off -m 2048M,slots=10,maxmem=257617M`,
    '-device pci-bridge,bus=pcie.0,id=pci-bridge-0,chassis_nr=1,shpc=off,addr=2,io-reserve=4k,mem-reserve=1m,pref64-reserve=1m',
    '-device virtio-serial-pci,disable-modern=false,id=serial0 -device virtconsole,chardev=charconsole0,id=console0',
    `-chardev socket,id=charconsole0,path=${dir}/console.sock,server=on,wait=off`,
    '-device nvdimm,id=nv0,memdev=mem0,unarmed=on -object memory-backend-file,id=mem0,mem-path=/opt/kata/share/kata-containers/kata-ubuntu-noble.image,size=268435456,readonly=on',
    '-object rng-random,id=rng0,filename=/dev/urandom -device virtio-rng-pci,rng=rng0',
    `-device vhost-vsock-pci,disable-modern=false,vhostfd=4,id=vsock-${sandbox.guestCid},guest-cid=${sandbox.guestCid}`,
    `-chardev socket,id=char-${random.hex(16)},path=${dir}/vhost-fs.sock -device vhost-user-fs-pci,chardev=char-${random.hex(16)},tag=kataShared,queue-size=1024`,
    `-netdev tap,id=network-0,vhost=on,vhostfds=5,fds=6 -device driver=virtio-net-pci,netdev=network-0,mac=02:42:ac:11:00:${random.hex(2)},disable-modern=false,mq=on,vectors=4`,
    '-rtc base=utc,driftfix=slew,clock=host -global kvm-pit.lost_tick_policy=discard -vga none -no-user-config -nodefaults -nographic --no-reboot',
    '-object memory-backend-file,id=dimm1,size=2048M,mem-path=/dev/shm,share=on -numa node,memdev=dimm1',
    '-kernel /opt/kata/share/kata-containers/vmlinux.container -append tsc=reliable no_timer_check root=/dev/pmem0p1 console=hvc0 debug panic=1 nr_cpus=8 agent.log=debug',
    `-pidfile ${dir}/pid -smp 1,cores=1,threads=1,sockets=8,maxcpus=8`,
  ].join(' ');
}

function launchQemu(scene) {
  scene.vc('qemu', 'info', 'created vm path', { 'vm path': `/run/vc/vm/${scene.sandbox.id}` });
  scene.vc('virtiofsd', 'info', '', { path: '/opt/kata/libexec/virtiofsd' });
  scene.vc('virtiofsd', 'info', '', {
    args: `--syslog --cache=auto --shared-dir=/run/kata-containers/shared/sandboxes/${scene.sandbox.id}/shared --fd=3 --sandbox=none`,
  });
  if (scene.sandbox.story === 'slow') scene.delay(2_500_000, 7_000_000, 'virtiofsd');
  scene.vc('qmp', 'info', `launching /opt/kata/bin/qemu-system-x86_64 with: [${qemuArguments(scene)}]`);
  scene.phase('vmm');
  scene.vc('qemu', 'info', `Start logging QEMU (qemuPid=${scene.sandbox.vmPid})`);
}

function launchCloudHypervisor(scene) {
  scene.vc('cloudHypervisor', 'info', 'created vm path', { 'vm path': `/run/vc/vm/${scene.sandbox.id}` });
  scene.vc('virtiofsd', 'info', '', { path: '/opt/kata/libexec/virtiofsd' });
  scene.vc('cloudHypervisor', 'info', '', {
    path: '/opt/kata/bin/cloud-hypervisor',
    args: `--api-socket /run/vc/vm/${scene.sandbox.id}/clh-api.sock -v`,
  });
  scene.phase('vmm');
  scene.vc('cloudHypervisor', 'debug', 'VM config', {
    body: `{"cpus":{"boot_vcpus":1,"max_vcpus":8},"memory":{"size":2147483648,"shared":true},"vsock":{"cid":3,"socket":"/run/vc/vm/${scene.sandbox.id}/clh.sock"}}`,
  });
}

function qmpTalk(scene) {
  scene.vc('qemu', 'info', 'QMP details', {
    'qmp-major-version': 9,
    'qmp-minor-version': 1,
    'qmp-micro-version': 2,
    'qmp-Capabilities': 'oob',
  });
  for (const command of ['qmp_capabilities', 'query-cpus-fast', 'query-hotpluggable-cpus', 'device_add']) {
    scene.vc('qmp', 'debug', `Executing QMP command: ${command}: map[]`);
  }
  scene.vc('qemu', 'debug', 'got QMP event', {
    event: `{NIC_RX_FILTER_CHANGED map[name:network-0 path:/machine/peripheral] ${scene.random.int(1, 9)}}`,
  });
}

/** The VM could not be started: QEMU complains, the shim gives up. */
function failVm(scene) {
  scene.vc('qemu', 'error', "qemu-system-x86_64: cannot set up guest memory 'dimm1': Cannot allocate memory", {
    qemuPid: scene.sandbox.vmPid,
  });
  scene.vc('qemu', 'error', 'QEMU exited with an error', { error: 'exit status 1' });
  scene.vc('sandbox', 'error', 'failed to launch qemu', {
    error:
      "exit status 1, error messages from qemu log: qemu-system-x86_64: cannot set up guest memory 'dimm1': Cannot allocate memory\n\n",
  });
  scene.vc('qemu', 'info', 'Cleanup vm path', {
    dir: `/run/vc/vm/${scene.sandbox.id}`,
    link: `/run/vc/vm/${scene.sandbox.id}`,
  });
  scene.log('warning', 'failed to cleanup rootfs mount', {
    container: scene.sandbox.id,
    error: `unlinkat /run/kata-containers/shared/sandboxes/${scene.sandbox.id}: device or resource busy`,
  });
}

/** @returns false when there is no VM afterwards */
function startVm(scene) {
  scene.vc('sandbox', 'info', 'Starting VM');
  if (scene.sandbox.hypervisor === 'qemu') launchQemu(scene);
  else launchCloudHypervisor(scene);
  if (scene.sandbox.story === 'vm-error') {
    failVm(scene);
    return false;
  }
  scene.pass(30_000, 120_000);
  if (scene.sandbox.hypervisor === 'qemu') qmpTalk(scene);
  scene.vc('sandbox', 'info', 'VM started');
  scene.phase('kernel');
  scene.vc('sandbox', 'info', 'console watcher starts');
  bootGuest(scene);
  agent.announce(scene);
  // The shim dials until the agent answers; by then the watcher has read what the agent wrote.
  scene.pass(4_000, 18_000);
  scene.vc('kata_agent', 'info', 'New client', {
    url:
      scene.sandbox.hypervisor === 'qemu'
        ? `vsock://${scene.sandbox.guestCid}:1024`
        : `hvsock:///run/vc/vm/${scene.sandbox.id}/clh.sock:1024`,
  });
  scene.vc('sandbox', 'info', 'Agent started in the sandbox');
  scene.phase('sandbox');
  agent.createSandbox(scene);
  scene.vc('sandbox', 'info', 'Sandbox is started');
  scene.phase('create');
  scene.orphan('info', 'kata management inited', { source: 'containerd-kata-shim-v2', subsystem: 'shim-management' });
  return true;
}

function prepareContainer(scene, container) {
  for (const file of ['hosts', 'hostname', 'resolv.conf']) {
    const guest = `/run/kata-containers/shared/containers/${container.id}-${scene.random.hex(16)}-${file}`;
    scene.vc(
      'kata_agent',
      'debug',
      `Replacing OCI mount (/etc/${file}) source /var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/${scene.sandbox.id}/${file} with ${guest}`,
    );
  }
  scene.vc('kata_agent', 'debug', 'Removing OCI mount', { 'removed-mount': '/dev/shm' });
  scene.vc('container', 'info', 'Block device detected', {
    container: container.id,
    'device-path': `/dev/dm-${scene.random.int(2, 40)}`,
    'fs-type': 'ext4',
  });
  scene.vc('sandbox', 'info', 'Memory Sandbox + Memory Limit ', { 'memory limit': 1_073_741_824 });
  scene.vc('sandbox', 'debug', 'Request to hypervisor to update memory to 3072 MB', { 'memory-sandbox-size-mb': 3072 });
  scene.vc('sandbox', 'debug', 'Request to hypervisor to update oldCPUs/newCPUs: 1/2', { 'cpus-sandbox': 2 });
}

/** @returns false when the container could not be created */
function createContainer(scene, container) {
  let created = true;
  span(scene, 'Create', { container: container.id }, () => {
    prepareContainer(scene, container);
    agent.createContainer(scene, container);
    if (scene.sandbox.story === 'create-error') {
      created = false;
      const error = `rpc error: code = Internal desc = failed to mount /run/kata-containers/${container.id}/rootfs: ENOENT: No such file or directory\n\nStack backtrace:\n   0: anyhow::error::<impl anyhow::Error>::msg\n   1: kata_agent::rpc::AgentService::do_create_container`;
      scene.vc('kata_agent', 'error', 'createContainer failed', { container: container.id, error });
      scene.log('warning', 'failed to cleanup rootfs mount', { container: container.id, error: 'invalid argument' });
    } else scene.vc('container', 'debug', 'Setting container state from  to ready', { container: container.id });
  });
  return created;
}

function startContainer(scene, container) {
  span(scene, 'Start', { container: container.id }, () => {
    if (scene.phases.at(-1)?.name === 'create') scene.phase('start');
    agent.startContainer(scene, container);
    scene.vc('container', 'debug', 'Setting container state from ready to running', { container: container.id });
    scene.vc('container', 'info', 'Container is started', { container: container.id });
    if (scene.phases.at(-1)?.name === 'start') scene.phase('running');
    for (const stream of ['stdin', 'stdout', 'stderr'])
      scene.log('debug', `${stream} io stream copy started`, { container: container.id });
  });
  span(scene, 'State', { container: container.id });
  scene.log('debug', 'Wait() start', { container: container.id });
}

function exec(scene, container, exitCode) {
  const execId = scene.random.hex(64);
  const fields = { container: container.id, exec: execId };
  span(scene, 'Exec', fields);
  scene.log('debug', 'start container execution', fields);
  span(scene, 'Start', fields, () => agent.exec(scene, container, execId, exitCode));
  for (const stream of ['stdout', 'stderr']) scene.log('debug', `${stream} io stream copy exited`, fields);
}

/** The hours between start and end: the kubelet asks for statistics, probes and builds run commands inside. */
function run(scene) {
  const { sandbox, random } = scene;
  const endNs = scene.ns + sandbox.runNs;
  const stepNs = Math.floor(sandbox.runNs / STATS_PER_LIFE);
  const execs = sandbox.story === 'exec' ? 0.9 : 0.15;
  for (let step = 1; step < STATS_PER_LIFE; step++) {
    scene.ns = endNs - (STATS_PER_LIFE - step) * stepNs + random.int(0, Math.min(stepNs, SECOND_NS));
    for (const container of sandbox.containers)
      span(scene, 'Stats', { container: container.id }, () => agent.stats(scene));
    if (random.chance(execs))
      exec(scene, random.pick(sandbox.containers), random.chance(0.12) ? random.pick([1, 2, 127]) : 0);
  }
  scene.ns = endNs;
}

function exitOf(scene, container, exitCode) {
  agent.exited(scene, container, container.id, exitCode);
  for (const stream of ['stdout', 'stderr'])
    scene.log('debug', `${stream} io stream copy exited`, { container: container.id });
  scene.log('info', 'Publishing container exit status', { container: container.id, 'exit-code': exitCode });
  scene.log('debug', 'Wait() end', { container: container.id });
}

function kill(scene, container, signalNumber) {
  span(scene, 'Kill', { container: container.id }, () => agent.signal(scene, container, signalNumber));
}

/** How the containers came to their end; the guest is gone afterwards in the two panics. @returns true while it still answers */
function ending(scene) {
  const { story, containers } = scene.sandbox;
  const main = containers[0];
  if (story === 'guest-panic' || story === 'agent-panic') {
    if (story === 'guest-panic') {
      kernelPanic(scene);
      scene.vc('qemu', 'debug', 'got QMP event', {
        event: '{GUEST_PANICKED map[action:pause info:map[type:hyper-v]] 7}',
      });
    } else agent.panic(scene);
    scene.pass(4_000_000, 6_000_000);
    scene.vc('kata_agent', 'warning', 'failed to ping agent', {
      error: 'rpc error: code = DeadlineExceeded desc = timed out connecting to vsock',
    });
    scene.orphan('warning', 'write error to watcher', {
      error: 'failed to ping agent: Dead agent',
      source: 'virtcontainers',
      subsystem: 'virtcontainers/monitor',
    });
    scene.log('error', 'watchSandbox gets an error or stop signal', { error: 'failed to ping agent: Dead agent' });
    scene.vc('kata_agent', 'info', 'mark agent dead');
    scene.log('warning', 'sandbox stopped unexpectedly', { error: 'Dead agent' });
    return false;
  }
  if (story === 'oom') {
    outOfMemory(scene, main.id, 'python3');
    agent.oomEvent(scene, main);
    scene.log('info', 'write oom file to notify CRI-O', { container: main.id });
    exitOf(scene, main, 137);
    return true;
  }
  for (const container of containers) {
    kill(scene, container, 15);
    if (story === 'kill') {
      // Nobody listens to SIGTERM; the grace period passes.
      scene.pass(29_900_000, 30_200_000);
      scene.log('warning', 'stop container failed', {
        container: container.id,
        error: 'timed out waiting for process to exit',
      });
      kill(scene, container, 9);
    }
    exitOf(scene, container, story === 'kill' ? 137 : 0);
  }
  return true;
}

function tearDown(scene, answers) {
  const { sandbox } = scene;
  for (const container of sandbox.containers) {
    span(scene, 'Delete', { container: container.id }, () => {
      scene.vc('container', 'debug', 'Setting container state from running to stopped', { container: container.id });
      if (answers) agent.removeContainer(scene, container);
      else scene.vc('container', 'info', 'Container already stopped', { container: container.id });
    });
  }
  scene.vc('sandbox', 'info', 'Stopping sandbox in the VM');
  scene.phase('stop');
  if (answers) agent.destroySandbox(scene);
  scene.vc('sandbox', 'info', 'Stopping VM');
  const subsystem = sandbox.hypervisor === 'qemu' ? 'qemu' : 'cloudHypervisor';
  scene.vc(subsystem, 'info', 'Stopping Sandbox');
  if (sandbox.hypervisor === 'qemu') scene.vc('qmp', 'debug', 'Executing QMP command: quit: map[]');
  scene.vc('virtiofsd', 'info', 'virtiofsd quits');
  scene.vc('sandbox', 'info', 'console watcher quits');
  scene.vc(subsystem, 'info', 'Cleanup vm path', { dir: `/run/vc/vm/${sandbox.id}`, link: `/run/vc/vm/${sandbox.id}` });
  scene.vc('kata_agent', 'info', 'Cleanup agent', { path: `/run/kata-containers/shared/sandboxes/${sandbox.id}` });
}

/** @param sandbox one entry of sandboxesOfDay() @returns the scene with every line of its life */
export function playSandbox(sandbox) {
  const scene = new Scene(sandbox);
  let started = false;
  span(scene, 'Create', { container: sandbox.id }, () => {
    scene.phase('prepare');
    loadConfiguration(scene);
    started = startVm(scene);
  });
  if (started) {
    span(scene, 'Start', { container: sandbox.id });
    let running = true;
    for (const container of sandbox.containers) {
      running = createContainer(scene, container);
      if (running) startContainer(scene, container);
    }
    if (running) run(scene);
    tearDown(scene, running ? ending(scene) : true);
  }
  span(scene, 'Delete', { container: sandbox.id });
  scene.log('debug', 'Shutdown() start', { container: sandbox.id });
  if (scene.phases.at(-1).name !== 'stop') scene.phase('stop');
  scene.log('debug', 'Shutdown() end', { container: sandbox.id });
  scene.phases.at(-1).endNs = scene.ns;
  return scene;
}
