// What the agent in the guest logs: its start, the calls it serves, the processes it starts and loses.

const FEATURES = '["agent-policy", "seccomp"]';
const CGROUPS = ['memory', 'cpu', 'cpuset', 'pids', 'devices', 'hugetlb', 'blkio', 'net_cls'];
const CAPABILITIES =
  'CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE'
    .split(' ')
    .map((name) => `"CAP_${name}"`)
    .join(', ');
const SETUP_STEPS = [
  'notify parent to send oci process',
  'setup rootfs',
  'notify child parent ready to run prestart hook!',
  'temporary parent process exit!',
  'ready to run exec',
];

export function announce(scene) {
  scene.agent('INFO', 'announce', {
    'agent-commit': '1.0.0-7c6ba40c54d6f9f3a2f1b7d0a6d4e1d8c0a51f92',
    'agent-version': '4.1.0',
    'api-version': '0.0.1',
    config:
      'AgentConfig { debug_console: false, dev_mode: false, log_level: Debug, hotplug_timeout: 3s, debug_console_vport: 0, log_vport: 0, container_pipe_size: 0, server_addr: "vsock://-1:1024", passfd_listener_port: 0, cgroup_no_v1: "", unified_cgroup_hierarchy: false, tracing: false, supports_seccomp: true, https_proxy: "", no_proxy: "" }',
    'extra-features': FEATURES,
  });
  scene.phase('agent');
  scene.agent('INFO', 'ttRPC server started', { address: 'vsock://-1:1024' });
}

/** One call of the shim. The agent names it before it serves it. */
export function rpc(scene, name) {
  scene.agent('INFO', `rpc call from shim to agent: "${name}"`, { subsystem: 'rpc' });
}

const mount = (destination, type, source, options) =>
  `Mount { destination: "${destination}", typ: Some("${type}"), source: Some("${source}"), options: Some([${options.map((name) => `"${name}"`).join(', ')}]) }`;

/** The OCI specification as Rust's Debug prints it: the longest lines of the agent, and the ones with the environment in them. */
function specDump(scene, container) {
  const { sandbox } = scene;
  const env = [
    'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    `HOSTNAME=${sandbox.pod}`,
    ...sandbox.env,
  ];
  for (const service of ['KUBERNETES', 'SHOP_API', 'SHOP_DB'])
    env.push(`${service}_SERVICE_HOST=10.96.0.${scene.random.int(1, 250)}`, `${service}_SERVICE_PORT=443`);
  const shared = `/run/kata-containers/shared/containers/${container.id}`;
  const mounts = [
    mount('/proc', 'proc', 'proc', ['nosuid', 'noexec', 'nodev']),
    mount('/dev', 'tmpfs', 'tmpfs', ['nosuid', 'strictatime', 'mode=755', 'size=65536k']),
    mount('/dev/pts', 'devpts', 'devpts', ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5']),
    mount('/dev/mqueue', 'mqueue', 'mqueue', ['nosuid', 'noexec', 'nodev']),
    mount('/sys', 'sysfs', 'sysfs', ['nosuid', 'noexec', 'nodev', 'ro']),
    mount('/etc/hosts', 'bind', `${shared}-${scene.random.hex(16)}-hosts`, ['rbind', 'rprivate', 'rw']),
    mount('/etc/resolv.conf', 'bind', `${shared}-${scene.random.hex(16)}-resolv.conf`, ['rbind', 'rprivate', 'rw']),
    mount('/var/run/secrets/kubernetes.io/serviceaccount', 'bind', `${shared}-${scene.random.hex(16)}-serviceaccount`, [
      'rbind',
      'rprivate',
      'ro',
    ]),
  ];
  const annotations = {
    'io.kubernetes.cri.container-name': container.name,
    'io.kubernetes.cri.container-type': 'container',
    'io.kubernetes.cri.image-name': sandbox.image,
    'io.kubernetes.cri.sandbox-id': sandbox.id,
    'io.kubernetes.cri.sandbox-name': sandbox.pod,
    'io.kubernetes.cri.sandbox-namespace': sandbox.namespace,
    'io.kubernetes.cri.sandbox-uid': sandbox.uid,
  };
  return (
    'Spec { version: "1.1.0", process: Some(Process { terminal: Some(false), console_size: None, user: User { uid: 0, gid: 0, umask: None, additional_gids: Some([0, 1, 2, 3, 4, 6, 10, 11, 20, 26, 27]), username: None }, ' +
    `args: Some(["/${container.name}"]), command_line: None, env: Some([${env.map((entry) => `"${entry}"`).join(', ')}]), cwd: "/", ` +
    `capabilities: Some(LinuxCapabilities { bounding: Some([${CAPABILITIES}]), effective: Some([${CAPABILITIES}]), inheritable: None, permitted: Some([${CAPABILITIES}]), ambient: None }), rlimits: None, no_new_privileges: Some(false), oom_score_adj: Some(996) }), ` +
    `root: Some(Root { path: "${shared}/rootfs", readonly: Some(false) }), hostname: None, mounts: Some([${mounts.join(', ')}]), hooks: None, annotations: Some(${JSON.stringify(annotations)}), ` +
    `linux: Some(Linux { uid_mappings: None, resources: Some(LinuxResources { devices: Some([LinuxDeviceCgroup { allow: false, access: Some("rwm") }]), memory: Some(LinuxMemory { limit: Some(1073741824), reservation: None, swap: Some(1073741824) }), cpu: Some(LinuxCpu { shares: Some(1024), quota: Some(100000), period: Some(100000) }) }), cgroups_path: Some("kubepods-burstable-pod${sandbox.uid.replaceAll('-', '_')}.slice:cri-containerd:${container.id}"), masked_paths: Some(["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/timer_list"]), readonly_paths: Some(["/proc/bus", "/proc/fs", "/proc/irq"]) }) }`
  );
}

export function createSandbox(scene) {
  rpc(scene, 'create_sandbox');
  for (const [source, target, type] of [
    ['kataShared', '/run/kata-containers/shared/containers/', 'virtiofs'],
    ['shm', '/run/kata-containers/sandbox/shm', 'tmpfs'],
  ]) {
    scene.agent('INFO', 'mounting storage', {
      subsystem: 'baremount',
      'mount-source': source,
      'mount-destination': target,
      'mount-fstype': type,
      'mount-options': 'MS_NODEV',
    });
  }
  scene.agent('DEBG', 'update interface eth0', { subsystem: 'network', mac: `02:42:ac:${scene.random.hex(2)}:00:02` });
  rpc(scene, 'update_interface');
  rpc(scene, 'update_routes');
}

export function createContainer(scene, container) {
  rpc(scene, 'create_container');
  scene.agent('INFO', `receive createcontainer, spec: ${specDump(scene, container)}`, { subsystem: 'rpc' });
  scene.agent(
    'INFO',
    `receive createcontainer, storages: [Storage { driver: "blk", source: "0${scene.random.int(1, 9)}", fstype: "ext4", mount_point: "/run/kata-containers/${container.id}/rootfs" }]`,
    { subsystem: 'rpc' },
  );
  const slot = scene.random.int(1, 9);
  scene.agent('INFO', 'got uevent message', {
    subsystem: 'uevent',
    event: `Uevent { action: "add", devpath: "/devices/pci0000:00/0000:00:02.0/0000:01:0${slot}.0/virtio${slot}/block/vda", devname: "vda", subsystem: "block", seqnum: "${scene.random.int(900, 1400)}", interface: "" }`,
  });
  scene.agent('INFO', 'mounting storage', {
    subsystem: 'baremount',
    'mount-source': '/dev/vda',
    'mount-destination': `/run/kata-containers/${container.id}/rootfs`,
    'mount-fstype': 'ext4',
    'mount-options': '',
  });
  for (const step of SETUP_STEPS)
    scene.agent('INFO', step, {
      subsystem: 'container',
      cid: container.id,
      eid: container.id,
      action: 'child process log',
    });
  for (const controller of CGROUPS) scene.agent('INFO', `cgroup manager set ${controller}`, { subsystem: 'cgroups' });
  scene.agent('INFO', 'created container!', { subsystem: 'rpc', 'container-id': container.id });
}

export function startContainer(scene, container) {
  rpc(scene, 'start_container');
  scene.agent('INFO', 'enter container.start!', { subsystem: 'container', cid: container.id });
  scene.agent('INFO', 'exec fifo opened!', { subsystem: 'container', cid: container.id });
  scene.agent('INFO', 'container started', { subsystem: 'rpc', 'container-id': container.id });
}

export function exec(scene, container, execId, exitCode) {
  rpc(scene, 'exec_process');
  scene.agent('INFO', `do_exec_process cid: ${container.id} eid: ${execId}`, { subsystem: 'rpc' });
  for (const step of SETUP_STEPS.slice(0, 3))
    scene.agent('INFO', step, { subsystem: 'process', cid: container.id, eid: execId, action: 'child process log' });
  rpc(scene, 'start_container');
  scene.pass(4_000, 900_000);
  scene.agent('DEBG', `copy from parent_stdout to stdout stream end: Ok(${scene.random.int(0, 4096)})`, {
    subsystem: 'process',
    'exec-id': execId,
  });
  exited(scene, container, execId, exitCode);
}

export function exited(scene, container, execId, exitCode) {
  const guestPid = scene.random.int(220, 900);
  scene.agent('INFO', 'handling signal', { subsystem: 'signals', signal: 'SIGCHLD' });
  // `pid` is the process that ended: the call's field hides the agent's own.
  scene.agent('INFO', 'wait_status', {
    subsystem: 'signals',
    pid: guestPid,
    'wait_status result':
      exitCode > 128 ? `Signaled(Pid(${guestPid}), SIGKILL, false)` : `Exited(Pid(${guestPid}), ${exitCode})`,
  });
  scene.agent('INFO', `cid ${container.id} eid ${execId} received exit signal`, { subsystem: 'rpc' });
}

export function signal(scene, container, number) {
  rpc(scene, 'signal_process');
  scene.agent('INFO', 'signal process', {
    subsystem: 'rpc',
    'container-id': container.id,
    'exec-id': '',
    signal: number,
    all: 'false',
  });
}

export function stats(scene) {
  rpc(scene, 'stats_container');
}

export function oomEvent(scene, container) {
  scene.agent('INFO', 'got an OOM event "memory.events"', { subsystem: 'cgroups_notifier', cid: container.id });
  scene.agent('INFO', `get_oom_event return ${container.id}`, { subsystem: 'rpc' });
}

export function removeContainer(scene, container) {
  rpc(scene, 'remove_container');
  scene.agent('DEBG', 'destroying container', { subsystem: 'container', cid: container.id });
}

export function destroySandbox(scene) {
  rpc(scene, 'destroy_sandbox');
  if (scene.random.chance(0.15))
    scene.agent('ERRO', 'slog-async: logger dropped messages due to channel overflow', {
      count: scene.random.int(3, 90),
    });
}

/** A panic of the agent: plain text on the console, many lines, no record. */
export function panic(scene) {
  scene.console("thread 'tokio-runtime-worker' panicked at src/agent/src/rpc.rs:417:49:");
  scene.console(
    'called `Result::unwrap()` on an `Err` value: Os { code: 5, kind: Uncategorized, message: "Input/output error" }',
  );
  scene.console('stack backtrace:');
  const frames = [
    'rust_begin_unwind',
    'core::panicking::panic_fmt',
    'core::result::unwrap_failed',
    'kata_agent::rpc::AgentService::do_exec_process',
    'tokio::runtime::task::harness::Harness<T,S>::poll',
    'std::thread::Builder::spawn_unchecked_',
    'start_thread',
    'clone3',
  ];
  for (const [index, frame] of frames.entries())
    scene.console(`  ${String(index).padStart(2)}:     0x7f${scene.random.hex(10)} - ${frame}`);
}
