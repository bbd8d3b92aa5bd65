// Numbers that the roads of room kata agree upon: the uses of keys and the flags of texts are those of
// src/kata/fast/facts.ts, the results those of src/kata/fast/fast-road.ts.

// ---- uses of keys
export const U_NOTHING: u32 = 1;
export const U_MSG: u32 = 3;
export const U_LEVEL: u32 = 4;
export const U_SANDBOX: u32 = 5;
export const U_ALIAS: u32 = 6;
export const U_CONTAINER: u32 = 7;
export const U_EXEC: u32 = 8;
export const U_PID: u32 = 9;
export const U_VM_PID: u32 = 10;
export const U_EXIT_CODE: u32 = 11;
export const U_ERROR: u32 = 12;
export const U_SUBSYSTEM: u32 = 13;
export const U_TIME: u32 = 14;
export const U_TS: u32 = 15;
export const U_NAME: u32 = 16;
export const U_SOURCE: u32 = 17;
export const U_COMMAND: u32 = 18;
export const U_ARCH: u32 = 19;
export const U_ID: u32 = 20;
export const U_CONSOLE: u32 = 21;
export const U_STREAM: u32 = 22;
// Fields of the entry of a journal, MESSAGE first.
export const U_ENTRY_FIRST: u32 = 32;
export const U_ENTRY_MESSAGE: u32 = 32;
export const U_ENTRY_IDENT: u32 = 33;
export const U_ENTRY_SOURCE_TIME: u32 = 34;
export const U_ENTRY_TIME: u32 = 35;
export const U_ENTRY_PID: u32 = 36;
export const U_ENTRY_SYSLOG_PID: u32 = 37;
export const U_ENTRY_BREAK: u32 = 38;
export const U_ENTRY_TRANSPORT: u32 = 39;
export const U_ENTRY_BOOT: u32 = 40;
export const U_ENTRY_COMMAND: u32 = 41;
// Those that runtime-rs writes by itself.
export const U_ENTRY_PRIORITY: u32 = 42;
export const U_ENTRY_NAME: u32 = 43;
export const U_ENTRY_SOURCE: u32 = 44;
export const U_ENTRY_SUBSYSTEM: u32 = 45;
export const U_ENTRY_CONTAINER: u32 = 46;
export const U_ENTRY_EXEC: u32 = 47;
export const U_ENTRY_OWN_PID: u32 = 48;
export const U_ENTRY_STREAM: u32 = 49;

// ---- flags of texts
export const KNOWN: u32 = 1;
export const WORD: u32 = 2;
export const NUMBER: u32 = 4;
export const ID: u32 = 8;
export const STACK: u32 = 16;
/** A message that the plain road has to look at. */
export const PLAIN_ROAD: u32 = 32;
export const TROUBLE: u32 = 64;
export const CONTAINERD_MESSAGE: u32 = 128;
export const RELAY: u32 = 256;
export const KATA_SHIM: u32 = 512;
export const UTILITY: u32 = 1024;
export const ORPHAN: u32 = 2048;
export const QEMU: u32 = 4096;
export const VM_TEXT: u32 = 8192;
export const GO_SOURCE: u32 = 16384;
export const AGENT_SOURCE: u32 = 32768;
export const RUNTIME_SOURCE: u32 = 65536;
export const VIRTIOFSD_SOURCE: u32 = 131072;
export const CONSOLE: u32 = 262144;
export const SHIM_NAME: u32 = 524288;
export const BEGUN: u32 = 1048576;
/** The beginning or the end of a call of the shim's. */
export const CALL: u32 = 2097152;
/** Identifiers under which a record that is none of Kata's is containerd's, or CRI-O's. */
export const CONTAINERD_IDENT: u32 = 4194304;
export const CRIO_IDENT: u32 = 8388608;
/** Identifiers of those that pass on what others wrote. */
export const PASSES_ON: u32 = 16777216;
/** A path in it names a sandbox. */
export const NAMES_SANDBOX: u32 = 33554432;
/** A message whose record names its writer. */
export const NAMED_MESSAGE: u32 = 67108864;
/** The tag of Kata's records since 2.0. */
export const KATA_IDENT: u32 = 134217728;
/** The message with which the shim passes on what QEMU says. */
export const QMP_EVENT: u32 = 268435456;
/** A message that names a container. */
export const NAMES_CONTAINER: u32 = 536870912;

// ---- numbers of components, levels, eras
export const RUNTIME: u32 = 1;
export const SHIM: u32 = 2;
export const PROXY: u32 = 3;
export const AGENT: u32 = 4;
export const QEMU_COMPONENT: u32 = 8;
export const VIRTIOFSD: u32 = 12;
export const CONTAINERD: u32 = 16;
export const CRIO: u32 = 17;
export const WARNING: u32 = 4;
export const ERROR: u32 = 5;
export const ERA_1X: u32 = 1;
export const ERA_GO: u32 = 2;
export const ERA_RS_JSON: u32 = 3;
export const ERA_RS_JOURNAL: u32 = 4;

// ---- results
export const READ: u32 = 0;
/** The plain road's. */
export const OTHER: u32 = 1;
export const WANTS_USE: u32 = 2;
export const WANTS_FACTS: u32 = 3;
export const WANTS_TEMPLATE: u32 = 4;
export const WANTS_POD: u32 = 5;
/** Which sandbox the container belongs to, or the process serves. */
export const WANTS_CONTAINER: u32 = 7;
export const WANTS_PROCESS: u32 = 8;
/** What a message says that is too long to be kept. */
export const WANTS_MESSAGE: u32 = 10;
/** To pass what is held of the file's lines. */
export const WANTS_PASS: u32 = 11;
