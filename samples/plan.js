// The plan of the sample day: which pods ran when, what became of them, and where the output of their guests was kept.
import { SECOND_NS } from './formats.js';
import { Random } from './random.js';

/** What a pod runs; `env` goes into the specification dumps, whose values an importer must redact. */
const WORKLOADS = {
  web: { namespace: 'shop', image: 'docker.io/library/nginx:1.25', containers: ['nginx'], env: ['NGINX_PORT=8080'] },
  api: {
    namespace: 'shop',
    image: 'registry.example.org/shop/api:2.14.1',
    containers: ['api', 'envoy'],
    env: ['API_TOKEN=example-not-a-secret', 'LOG_LEVEL=info'],
  },
  db: {
    namespace: 'shop',
    image: 'docker.io/library/postgres:16',
    containers: ['postgres'],
    env: ['POSTGRES_PASSWORD=example-not-a-secret', 'PGDATA=/var/lib/postgresql/data'],
  },
  backup: {
    namespace: 'ops',
    image: 'registry.example.org/ops/backup:0.9',
    containers: ['backup'],
    env: ['TARGET=s3://backups'],
  },
  train: {
    namespace: 'ml',
    image: 'registry.example.org/ml/train:7',
    containers: ['train'],
    env: ['AWS_SECRET_ACCESS_KEY=example-not-a-secret', 'OMP_NUM_THREADS=4'],
  },
  runner: {
    namespace: 'ci',
    image: 'registry.example.org/ci/runner:311',
    containers: ['runner', 'docker'],
    env: ['CI=true'],
  },
};

/**
 * start · seconds it runs · workload · what happens · where the guest's output goes:
 * `wrapped` into kata-runtime.log, line by line inside the shim's records; `agent` into kata-agent.log; `raw` into console.log.
 */
const DAY_PLAN = `
00:04:11 86000 web normal wrapped
00:04:13 86000 db normal agent
00:04:16 85900 api normal agent
01:00:02 340 backup normal raw
01:30:40 5400 train oom agent
02:17:45 75 runner exec raw
03:00:01 12 backup create-error agent
04:41:09 2100 train normal raw
05:12:33 600 runner exec agent
06:00:02 310 backup slow raw
06:45:20 9 runner vm-error agent
07:02:51 14400 api normal agent
07:02:54 14380 api slow raw
07:30:10 900 runner exec agent
08:05:00 420 runner exec raw
08:15:26 60 web kill raw
08:16:40 30000 web normal agent
09:00:05 7200 train oom raw
09:21:18 840 runner exec agent
09:21:19 845 runner exec raw
10:11:47 15 backup create-error raw
10:48:02 3600 train guest-panic agent
11:30:00 660 runner exec agent
12:00:01 350 backup normal agent
12:34:56 60 api kill raw
13:05:13 1800 train agent-panic wrapped
13:47:29 780 runner exec agent
14:20:00 10 runner vm-error agent
14:58:08 20000 api normal agent
15:31:31 540 runner exec raw
16:16:16 95 web kill agent
17:00:03 3300 train slow wrapped
18:00:02 330 backup normal raw
19:42:00 960 runner exec agent
20:10:09 1500 db kill wrapped
21:00:02 325 backup slow agent
22:24:17 700 runner exec agent
23:10:00 290 backup normal raw
`;

/** Every sixth pod uses Cloud Hypervisor, as on a node with two runtime classes; these stories are told by QEMU. */
const QEMU_STORIES = ['vm-error', 'guest-panic'];

function startNs(random, text) {
  const [hours, minutes, seconds] = text.split(':').map(Number);
  return (hours * 3600 + minutes * 60 + seconds) * SECOND_NS + random.int(0, SECOND_NS - 1);
}

function sandboxOf(row, index, seed = 20260302) {
  const random = new Random(seed + index * 7919);
  const [start, seconds, workloadName, story, console] = row.split(' ');
  const workload = WORKLOADS[workloadName];
  const id = random.hex(64);
  return {
    random,
    id,
    story,
    console,
    startNs: startNs(random, start),
    runNs: Number(seconds) * SECOND_NS,
    namespace: workload.namespace,
    pod: `${workloadName}-${random.hex(9)}-${random.hex(5)}`,
    uid: `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-a${random.hex(3)}-${random.hex(12)}`,
    image: workload.image,
    env: workload.env,
    pid: random.int(20_000, 99_000) * 10 + index,
    vmPid: random.int(20_000, 99_000) * 10 + index + 40,
    guestCid: random.int(100_000_000, 4_000_000_000),
    containers: workload.containers.map((name) => ({ name, id: random.hex(64) })),
    hypervisor: index % 6 === 4 && !QEMU_STORIES.includes(story) ? 'clh' : 'qemu',
    // The kernel parameter initcall_debug: on where somebody looks into the boot.
    // How far the guest's clock is ahead of the host's; set only in the salvage sets.
    skewNs: 0,
    initcalls: story === 'slow' || console === 'raw',
  };
}

const STORIES =
  'normal normal normal normal exec exec oom kill slow create-error vm-error guest-panic agent-panic'.split(' ');
/** Guests restored from a template, or booted at the host's clock second: their clock is off. */
const SKEW_SHARE = 0.04;

/** One of any number of sandboxes beyond those of the day: `index` from 0, started at second `second` of the day. */
export function furtherSandbox(index, second, seed) {
  const random = new Random(seed + index * 104_729);
  const story = random.pick(STORIES);
  const clockText = `00:00:${second}`;
  const row = `${clockText} ${random.int(3, 40)} ${random.pick(Object.keys(WORKLOADS))} ${story} wrapped`;
  const sandbox = sandboxOf(row, index, seed);
  const skewed = random.chance(SKEW_SHARE);
  return { ...sandbox, skewNs: skewed ? random.pick([-1, 1]) * random.int(3, 4000) * SECOND_NS : 0 };
}

/** @returns the sandboxes of the day in the order of their start; each brings its own sequence of chance */
export function sandboxesOfDay() {
  return DAY_PLAN.trim()
    .split('\n')
    .map((row, index) => sandboxOf(row, index));
}
