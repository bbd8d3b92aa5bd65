// What a guest writes while it boots: kernel lines, optional initcall timings, systemd units.
import { kernelLine } from './formats.js';

const EARLY = `
Linux version 6.12.28 (@4bcec8f4443d) (gcc (Ubuntu 11.4.0-1ubuntu1~22.04) 11.4.0, GNU ld (GNU Binutils for Ubuntu) 2.38) #1 SMP Thu Jan 15 14:30:03 UTC 2026
Command line: tsc=reliable no_timer_check rcupdate.rcu_expedited=1 i8042.direct=1 i8042.dumbkbd=1 i8042.nopnp=1 i8042.noaux=1 noreplace-smp reboot=k cryptomgr.notests net.ifnames=0 pci=lastbus=0 root=/dev/pmem0p1 rootflags=dax,data=ordered,errors=remount-ro ro rootfstype=ext4 console=hvc0 console=hvc1 debug systemd.show_status=true systemd.log_level=debug panic=1 nr_cpus=8 selinux=0 systemd.unit=kata-containers.target systemd.mask=systemd-networkd.service agent.log=debug
x86/fpu: Supporting XSAVE feature 0x001: 'x87 floating point registers'
x86/fpu: Supporting XSAVE feature 0x002: 'SSE registers'
x86/fpu: Supporting XSAVE feature 0x004: 'AVX registers'
x86/fpu: Enabled xstate features 0x7, context size is 832 bytes, using 'compacted' format.
BIOS-provided physical RAM map:
BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable
BIOS-e820: [mem 0x000000000009fc00-0x000000000009ffff] reserved
BIOS-e820: [mem 0x00000000000f0000-0x00000000000fffff] reserved
BIOS-e820: [mem 0x0000000000100000-0x000000007ffdcfff] usable
BIOS-e820: [mem 0x000000007ffdd000-0x000000007fffffff] reserved
BIOS-e820: [mem 0x00000000feffc000-0x00000000feffffff] reserved
NX (Execute Disable) protection: active
SMBIOS 2.8 present.
DMI: QEMU Standard PC (Q35 + ICH9, 2009), BIOS rel-1.16.3-0-ga6ed6b701f0a-prebuilt.qemu.org 04/01/2014
Hypervisor detected: KVM
kvm-clock: Using msrs 4b564d01 and 4b564d00
kvm-clock: using sched offset of 331475215 cycles
clocksource: kvm-clock: mask: 0xffffffffffffffff max_cycles: 0x1cd42e4dffb, max_idle_ns: 881590591483 ns
tsc: Detected 2593.906 MHz processor
last_pfn = 0x7ffdd max_arch_pfn = 0x400000000
ACPI: Early table checksum verification disabled
ACPI: RSDP 0x00000000000F5890 000014 (v00 BOCHS )
ACPI: RSDT 0x000000007FFE2BC7 00003C (v01 BOCHS  BXPC     00000001 BXPC 00000001)
ACPI: FACP 0x000000007FFE28BF 0000F4 (v03 BOCHS  BXPC     00000001 BXPC 00000001)
ACPI: DSDT 0x000000007FFDF040 00387F (v01 BOCHS  BXPC     00000001 BXPC 00000001)
ACPI: NFIT 0x000000007FFE2B3F 000060 (v01 BOCHS  BXPC     00000001 BXPC 00000001)
No NUMA configuration found
Faking a node at [mem 0x0000000000000000-0x000000007ffdcfff]
Zone ranges:
  DMA      [mem 0x0000000000001000-0x0000000000ffffff]
  DMA32    [mem 0x0000000001000000-0x000000007ffdcfff]
  Normal   empty
Movable zone start for each node
smpboot: Allowing 8 CPUs, 7 hotplug CPUs
Booting paravirtualized kernel on KVM
setup_percpu: NR_CPUS:240 nr_cpumask_bits:8 nr_cpu_ids:8 nr_node_ids:1
kvm-guest: PV spinlocks disabled, no host support
Built 1 zonelists, mobility grouping on.  Total pages: 524155
Memory: 2023524K/2096620K available (14336K kernel code, 1211K rwdata, 3264K rodata, 1668K init, 2140K bss, 72840K reserved, 0K cma-reserved)
SLUB: HWalign=64, Order=0-3, MinObjects=0, CPUs=8, Nodes=1
rcu: Hierarchical RCU implementation.
Console: colour *CGA 80x25
printk: legacy console [hvc0] enabled
ACPI: Core revision 20240827
APIC: Switch to symmetric I/O mode setup
x2apic enabled
Calibrating delay loop (skipped), value calculated using timer frequency.. 5187.81 BogoMIPS (lpj=2593906)
Spectre V2 : Mitigation: Enhanced / Automatic IBRS
Spectre V2 : Spectre v2 / SpectreRSB mitigation: Filling RSB on context switch
Freeing SMP alternatives memory: 36K
smpboot: CPU0: Intel(R) Xeon(R) Gold 6348 CPU @ 2.60GHz (family: 0x6, model: 0x6a, stepping: 0x6)
`;

const LATE = `
devtmpfs: initialized
NET: Registered PF_NETLINK/PF_ROUTE protocol family
cpuidle: using governor menu
PCI: Using configuration type 1 for base access
HugeTLB: registered 2.00 MiB page size, pre-allocated 0 pages
ACPI: Added _OSI(Module Device)
ACPI: 1 ACPI AML tables successfully acquired and loaded
ACPI: Interpreter enabled
ACPI: PCI Root Bridge [PCI0] (domain 0000 [bus 00-ff])
PCI host bridge to bus 0000:00
clocksource: Switched to clocksource kvm-clock
NET: Registered PF_INET protocol family
tcp_listen_portaddr_hash hash table entries: 1024 (order: 2, 16384 bytes, linear)
TCP: Hash tables configured (established 16384 bind 16384)
NET: Registered PF_UNIX/PF_LOCAL protocol family
Initialise system trusted keyrings
9p: Installing v9fs 9p2000 file system support
Block layer SCSI generic (bsg) driver version 0.4 loaded (major 250)
virtio_blk virtio1: 1/0/0 default/read/poll queues
nd_pmem namespace0.0: unable to guarantee persistence of writes
 pmem0: p1
brd: module loaded
loop: module loaded
NET: Registered PF_VSOCK protocol family
NET: Registered PF_INET6 protocol family
Segment Routing with IPv6
virtiofs virtio4: virtio_fs_setup_dax: No cache capability
sched_clock: Marking stable (301224551, 12204482)->(322014117, -8585084)
registered taskstats version 1
EXT4-fs (pmem0p1): mounted filesystem 3b1c7d42-8a52-4c9d-9d0d-1d8a3b5c6f77 ro with ordered data mode. Quota mode: none.
VFS: Mounted root (ext4 filesystem) readonly on device 259:1.
devtmpfs: mounted
Freeing unused kernel image (initmem) memory: 1668K
Write protecting the kernel read-only data: 18432k
Run /sbin/init as init process
`;

const INITCALLS =
  `init_hw_perf_events kvm_guest_init register_nmi_cpu_backtrace_handler spawn_ksoftirqd cpu_hotplug_init ipc_ns_init net_ns_init
   xsk_init bdi_class_init pci_driver_init acpi_pci_init genl_init ptp_init fs_names_init inet_init unix_init populate_rootfs
   virtio_init virtio_pci_driver_init virtio_blk_init virtio_net_driver_init virtio_console_init virtio_fs_init nd_pmem_driver_init
   loop_init brd_init vsock_init virtio_vsock_init ext4_init_fs fuse_init p9_init overlay_fs_init pcie_portdrv_init hv_balloon_init`.split(
    /\s+/,
  );

const SLOW_INITCALLS = ['virtio_fs_init', 'nd_pmem_driver_init'];

const UNITS = [
  ['slices.target', 'Slice Units'],
  ['swap.target', 'Swaps'],
  ['systemd-journald.socket', 'Journal Sockets'],
  ['systemd-udevd-kernel.socket', 'udev Kernel Socket'],
  ['dev-hugepages.mount', 'Huge Pages File System'],
  ['sys-kernel-debug.mount', 'Kernel Debug File System'],
  ['sys-fs-fuse-connections.mount', 'FUSE Control File System'],
  ['kmod-static-nodes.service', 'Create List of Static Device Nodes'],
  ['systemd-sysctl.service', 'Apply Kernel Variables'],
  ['systemd-journald.service', 'Journal Service'],
  ['systemd-tmpfiles-setup-dev.service', 'Create Static Device Nodes in /dev'],
  ['systemd-udevd.service', 'Rule-based Manager for Device Events and Files'],
  ['local-fs-pre.target', 'Preparation for Local File Systems'],
  ['tmp.mount', 'Temporary Directory /tmp'],
  ['local-fs.target', 'Local File Systems'],
  ['systemd-tmpfiles-setup.service', 'Create System Files and Directories'],
  ['sysinit.target', 'System Initialization'],
  ['sockets.target', 'Socket Units'],
  ['basic.target', 'Basic System'],
  ['chronyd.service', 'NTP client/server'],
  ['kata-agent.service', 'Kata Containers Agent'],
  ['kata-containers.target', 'Kata Containers Agent Target'],
];

function pciLines(scene) {
  for (let slot = 1; slot <= 7; slot++) {
    const device = `0000:00:0${slot}.0`;
    scene.kernel(
      `pci ${device}: [1af4:10${scene.random.int(41, 63)}] type 00 class 0x0${scene.random.int(1, 9)}8000 conventional PCI endpoint`,
    );
    scene.kernel(`pci ${device}: BAR 4 [mem 0xfe00${slot}000-0xfe00${slot}fff 64bit pref]`);
  }
}

/** `calling`/`initcall` pairs; two calls of a slow guest take hundreds of milliseconds. */
function initcalls(scene) {
  for (const name of INITCALLS) {
    const slow = scene.sandbox.story === 'slow' && SLOW_INITCALLS.includes(name);
    const micros = slow ? scene.random.int(180_000, 900_000) : scene.random.int(1, 90);
    scene.kernel(`calling  ${name}+0x0/0x${scene.random.hex(2)} @ 1`);
    if (slow) scene.delay(micros, micros, `initcall ${name}`);
    else scene.pass(micros, micros);
    scene.kernel(`initcall ${name}+0x0/0x${scene.random.hex(2)} returned 0 after ${micros} usecs`);
  }
}

function systemdUnits(scene) {
  const manager = (text) => scene.systemd(kernelLine(scene.ns - scene.vmStartNs, `systemd[1]: ${text}`));
  manager('systemd 255.4-1ubuntu8 running in system mode (+PAM +AUDIT +SELINUX +APPARMOR +IMA +SMACK +SECCOMP)');
  manager('Detected virtualization kvm.');
  manager('Detected architecture x86-64.');
  scene.systemd('');
  scene.systemd('Welcome to \x1b[1mUbuntu 24.04.1 LTS\x1b[0m!');
  scene.systemd('');
  for (const [unit, description] of UNITS) {
    manager(`${unit}: Trying to enqueue job ${unit}/start/replace`);
    manager(`${unit}: Changed dead -> start`);
    if (scene.random.chance(0.4)) scene.systemd(`         Starting \x1b[0;1;39m${unit}\x1b[0m - ${description}...`);
    scene.pass(200, 9000);
    manager(`${unit}: Job ${scene.random.int(1, 90)} ${unit}/start finished, result=done`);
    const verb = unit.endsWith('.target') ? 'Reached target' : unit.endsWith('.mount') ? 'Mounted' : 'Started';
    scene.systemd(`[\x1b[0;32m  OK  \x1b[0m] ${verb} \x1b[0;1;39m${unit}\x1b[0m - ${description}.`);
  }
}

/** Boots the guest of the scene: from the first kernel line to the start of the agent's unit. */
export function bootGuest(scene) {
  scene.vmStartNs = scene.ns;
  const qemu = scene.sandbox.hypervisor === 'qemu';
  for (const text of EARLY.trim().split('\n')) {
    scene.kernel(!qemu && text.startsWith('DMI:') ? 'DMI: Cloud Hypervisor cloud-hypervisor, BIOS 0' : text);
  }
  scene.pass(20_000, 90_000);
  for (const text of LATE.slice(1, -1).split('\n')) {
    scene.kernel(text);
    if (text.startsWith('PCI host bridge')) pciLines(scene);
    if (text.startsWith('registered taskstats') && scene.sandbox.initcalls) initcalls(scene);
  }
  scene.phase('userspace');
  systemdUnits(scene);
  if (scene.sandbox.story === 'slow') {
    scene.kernel('random: crng init done');
    scene.delay(9_000_000, 24_000_000, 'random: crng init done');
  }
}

/** The kernel's report when a container's memory limit is hit. */
export function outOfMemory(scene, container, comm) {
  const guestPid = scene.random.int(230, 800);
  scene.kernel(`${comm} invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=996`);
  scene.kernel(`CPU: 1 UID: 0 PID: ${guestPid} Comm: ${comm} Not tainted 6.12.28 #1`);
  scene.kernel(
    'Hardware name: QEMU Standard PC (Q35 + ICH9, 2009), BIOS rel-1.16.3-0-ga6ed6b701f0a-prebuilt.qemu.org 04/01/2014',
  );
  scene.kernel('Call Trace:');
  for (const frame of [
    'dump_stack_lvl',
    'dump_header',
    'oom_kill_process',
    'out_of_memory',
    'mem_cgroup_out_of_memory',
    'try_charge_memcg',
  ]) {
    scene.kernel(` ${frame}+0x${scene.random.hex(2)}/0x${scene.random.hex(3)}`);
  }
  scene.kernel('memory: usage 1048576kB, limit 1048576kB, failcnt 2204');
  scene.kernel(
    `oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=${container},mems_allowed=0,task=${comm},pid=${guestPid},uid=0`,
  );
  scene.kernel(
    `Memory cgroup out of memory: Killed process ${guestPid} (${comm}) total-vm:2318428kB, anon-rss:1041216kB, file-rss:5824kB, shmem-rss:0kB, UID:0 pgtables:2260kB oom_score_adj:996`,
  );
}

/** The last lines of a guest whose kernel gave up. */
export function kernelPanic(scene) {
  scene.kernel('BUG: kernel NULL pointer dereference, address: 0000000000000018');
  scene.kernel('Oops: Oops: 0002 [#1] PREEMPT SMP');
  scene.kernel('RIP: 0010:virtqueue_add_sgs+0x4d/0x140');
  for (const frame of [
    'virtio_fs_enqueue_req',
    'virtio_fs_send_req',
    'fuse_simple_request',
    'fuse_lookup_name',
    '__x64_sys_openat',
    'do_syscall_64',
  ]) {
    scene.kernel(` ${frame}+0x${scene.random.hex(2)}/0x${scene.random.hex(3)}`);
  }
  scene.kernel('Kernel panic - not syncing: Fatal exception in interrupt');
  scene.kernel('Rebooting in 1 seconds..');
}
