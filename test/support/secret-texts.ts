// Texts with secrets of each form, with what is shown of them, and texts that look like some.
import { agent, shim, wrap } from './kata-lines.ts';

export const SECRETS: readonly (readonly [string, string])[] = [
  ['env: Some(["PATH=/bin", "TOKEN=abc"])', 'env: Some(["PATH=[redacted]", "TOKEN=[redacted]"])'],
  [
    'env: Some([\\"A=b c\\", \\"D=\\\\\\"q\\\\\\"\\"]), cwd',
    'env: Some([\\"A=[redacted]\\", \\"D=[redacted]\\"]), cwd',
  ],
  ['"env":["A=b","C=d"]', '"env":["A=[redacted]","C=[redacted]"]'],
  ['Env:[A=b C=d] Cwd:/', 'Env:[A=[redacted] C=[redacted]] Cwd:/'],
  ['"jaeger_password":"pw"', '"jaeger_password":"[redacted]"'],
  ['\\"jaeger_password\\": \\"p w\\"', '\\"jaeger_password\\": \\"[redacted]\\"'],
  ['agent.x_token=abc quiet', 'agent.x_token=[redacted] quiet'],
  ['api_key: Some("k")', 'api_key: Some("[redacted]")'],
  ['--initdata=aGVsbG8 x', '--initdata=[redacted] x'],
  ['cc_init_data="aGVsbG8="', 'cc_init_data="[redacted]"'],
  ['io.katacontainers.config.agent.policy": "cGFja2FnZQ=="', 'io.katacontainers.config.agent.policy": "[redacted]"'],
  ['"auth":"dXNlcjpwdw=="', '"auth":"[redacted]"'],
  ['Authorization: Bearer eyJhbGciOi1234567', 'Authorization: Bearer [redacted]'],
  ['https://user:pw@registry.example/x', 'https://user:[redacted]@registry.example/x'],
  ['sealed.fakeheader.eyJ2ZXJ.fakesig', 'sealed.[redacted]'],
  // Cut: the closing quote or the end of the list is missing.
  ['"password":"hun', '"password":"[redacted]'],
  ['x \\"password\\":\\"hun" name=a', 'x \\"password\\":\\"[redacted]" name=a'],
  ['env: Some(["PATH=/bin", "DB_PASS', 'env: Some(["PATH=[redacted]", "[redacted]'],
  ['env: Some([\\"A=b\\", \\"B=c" pid=7', 'env: Some([\\"A=[redacted]\\", \\"B=[redacted]" pid=7'],
  ['Env:[A=b c B=d', 'Env:[A=[redacted] B=[redacted]'],
  ['"password":"a\\\\","x":"y"', '"password":"[redacted]","x":"y"'],
  // Environments in other forms.
  ['Env:"A=b" Env:"C=d e"', 'Env:"A=[redacted]" Env:"C=[redacted]"'],
  ['Env:[A=b c B=d] Cwd:/', 'Env:[A=[redacted] B=[redacted]] Cwd:/'],
  ['Env:[]string{"A=b", "C=d"}', 'Env:[]string{"A=[redacted]", "C=[redacted]"}'],
  ['"env":["hunter2","A="]', '"env":["[redacted]","A="]'],
  [
    'Envs:[]*KeyValue{&KeyValue{Key:A,Value:b,},&KeyValue{Key:C,Value:d,},},',
    'Envs:[]*KeyValue{&KeyValue{Key:A,Value:[redacted],},&KeyValue{Key:C,Value:[redacted],},},',
  ],
  ['"envs":[{"key":"A","value":"b"}]', '"envs":[{"key":"A","value":"[redacted]"}]'],
  ['"env":[{"name":"A","value":"b"}]', '"env":[{"name":"A","value":"[redacted]"}]'],
  ['envs:{key:"A" value:"b"}', 'envs:{key:"A" value:"[redacted]"}'],
  ['"env":{"A":"b","C":"d"}', '"env":{"A":"[redacted]","C":"[redacted]"}'],
  ['{"name":"DB_PASSWORD","value":"b"}', '{"name":"DB_PASSWORD","value":"[redacted]"}'],
  ['key:"DB_PASSWORD" value:"b"', 'key:"DB_PASSWORD" value:"[redacted]"'],
  // As Go prints structures and maps.
  [
    'Auth:&AuthConfig{Username:me,Password:pw,Auth:,ServerAddress:x,IdentityToken:t1,}',
    'Auth:&AuthConfig{Username:me,Password:[redacted],Auth:,ServerAddress:x,IdentityToken:[redacted],}',
  ],
  ['{Username:me Password:pw Auth:}', '{Username:me Password:[redacted] Auth:}'],
  ['map[password:x token:y]', 'map[password:[redacted] token:[redacted]]'],
  ["{'password': 'p w'}", "{'password': [redacted]}"],
  ['"tokens":["a","b"]', '"tokens":["[redacted]","[redacted]"]'],
  ['"password": 123456', '"password": [redacted]'],
  // Options and bare words.
  ['x --password hunter -v', 'x --password [redacted] -v'],
  ['["x","--token","hunter","-v"]', '["x","--token","[redacted]","-v"]'],
  ['--initdata aGVsbG8 x', '--initdata [redacted] x'],
  ['--policy cGFja --policy=cGFja', '--policy [redacted] --policy=[redacted]'],
  ['image pull auth: dXNlcjpwdw', 'image pull auth: [redacted]'],
  ['image pull auth: swordfish', 'image pull auth: [redacted]'],
  ['DB_PASS=hunter x', 'DB_PASS=[redacted] x'],
  ['pwd=hunter x', 'pwd=[redacted] x'],
  ['password => "x"', 'password => "[redacted]"'],
  ['password: swordfish', 'password: [redacted]'],
  ['token: abc123 in use', 'token: [redacted] in use'],
  ['policy=cGFja2FnZSBhZ2VudF9wb2xpY3k x', 'policy=[redacted] x'],
  ['password=a,b;c&d)e next', 'password=[redacted] next'],
  ['token=a,mode=b', 'token=[redacted],mode=b'],
  // Credentials, URLs, keys.
  ['Authorization: Bearer abcdef', 'Authorization: Bearer [redacted]'],
  ['x bearer abc123', 'x bearer [redacted]'],
  ['x Bearer abc123', 'x Bearer [redacted]'],
  ['x Basic dXNlcjpwYXNz', 'x Basic [redacted]'],
  ['https://ghp0a1b2@host/x', 'https://[redacted]@host/x'],
  ['https://me:p@ss@host/x', 'https://me:[redacted]@host/x'],
  ['https://h/x?access_token=t&sig=s&v=1', 'https://h/x?access_token=[redacted]&sig=[redacted]&v=1'],
  ['https://h/x?X-Amz-Signature=ab', 'https://h/x?X-Amz-Signature=[redacted]'],
  ['-object secret,id=sec0,data=pw,format=raw', '-object secret,id=sec0,data=[redacted],format=raw'],
  ['{"qom-type":"secret","id":"s","data":"pw"}', '{"qom-type":"secret","id":"s","data":"[redacted]"}'],
  [
    '-----BEGIN RSA PRIVATE KEY-----\\nMIIE\\n-----END RSA PRIVATE KEY-----',
    '-----BEGIN RSA PRIVATE KEY-----[redacted]-----END RSA PRIVATE KEY-----',
  ],
  ['-----BEGIN PRIVATE KEY-----\\nMIIE', '-----BEGIN PRIVATE KEY-----[redacted]'],
  // What Go and Rust print in other ways.
  ['env="[A=b C=d]" x', 'env="[A=[redacted] C=[redacted]]" x'],
  ['env=A=b x', 'env=A=[redacted] x'],
  ['Env:[A={"a":[1,2],"b":["x"]} B=c] Cwd:/', 'Env:[A=[redacted] B=[redacted]] Cwd:/'],
  [
    'env: Some(\\n    [\\n        "A=b",\\n        "C=d",\\n    ],',
    'env: Some(\\n    [\\n        "A=[redacted]",\\n        "C=[redacted]",\\n    ],',
  ],
  [
    'env: CommandEnv { clear: false, vars: {"A": Some("b"), "C": Some("d")} }',
    'env: CommandEnv { clear: false, vars: {"A": Some("[redacted]"), "C": Some("[redacted]")} }',
  ],
  ['Envs:[]*KeyValue{&KeyValue{Key:A,Value:b c,},},', 'Envs:[]*KeyValue{&KeyValue{Key:A,Value:[redacted],},},'],
  ['&AuthConfig{Username:bob,Password:a b c,Auth:,}', '&AuthConfig{Username:bob,Password:[redacted],Auth:,}'],
  ['"env":[{"value":"b","name":"A"}]', '"env":[{"value":"[redacted]","name":"A"}]'],
  ['[{root /dev/vda1} {agent.token abc}]', '[{root /dev/vda1} {agent.token [redacted]}]'],
  ['env: map[A:b c C:d]', 'env: map[A:[redacted] C:[redacted]]'],
  ['Env:map[string]string{"A":"b"}', 'Env:map[string]string{"A":"[redacted]"}'],
  ['exec --env A=b -e C=d x', 'exec --env A=[redacted] -e C=[redacted] x'],
  ['Initdata { version: "1", data: {"aa.toml": "b"} }', 'Initdata { version: "1", data: {"aa.toml": "[redacted]"} }'],
  ['password: Some(\\n    "b"', 'password: Some(\\n    "[redacted]"'],
  ['RegistryAuth::Basic("bob", "pw")', 'RegistryAuth::Basic("bob", "[redacted]")'],
  ['.dockerconfigjson: eyJhdXRo', '.dockerconfigjson: [redacted]'],
  ['https:\\/\\/bob:pw@h', 'https:\\/\\/bob:[redacted]@h'],
];

/** What Kata and its neighbours say without a secret in it. */
export const HARMLESS: readonly string[] = [
  'bufio.Scanner: token too long',
  'Starting basic.target - Basic System...',
  'mounted /var/run/secrets/kubernetes.io/serviceaccount',
  'Not authorized',
  'Image policy rejected: Denied by policy',
  'environment is ready',
  '-global kvm-pit.lost_tick_policy=discard -vga none',
  'numa policy: "bind"',
  'policy=some-long-name-of-a-policy-in-words',
  'Bearer token missing',
  'bypass: on, iommu-passthrough=1, cwd: /, test_passed: yes',
  'no Bearer accepted',
  'failed to get token: connection refused',
  'invalid token: EOF',
  'token: None, secret: null',
  'open /etc/passwd: no such file or directory',
  'secret::store src/auth.rs:57 token.go:123',
  'authority: localhost',
  'missing --token option',
  'git clone https://git@example.org/x',
  'docker://busybox@sha256:0123456789abcdef',
  'unix:///run/vc/vm/x/shim.sock vsock://3:1024',
  'env: [] environment: production',
  '{"qom-type":"memory-backend-ram","data":"x"}',
  'systemd[1]: Reached target basic.target - Basic System.',
  'audit: type=2000 audit(0.1:1): state=initialized audit_enabled=0 res=1',
  'systemd-ask-password-console.path: changed dead -> waiting',
  '/var/run/secrets/token: Stale file handle (os error 116)',
  '/var/run/secrets/token: Read-only file system',
  'session_token_ttl=3600 private_key_path=/etc/key token_type=bearer',
  'authority=localhost authenticated=true auth=none tokenizer=x',
  'PWD=/root secret: not found',
  'policy: "MPOL_PREFERRED|MPOL_F_STATIC_NODES"',
  'agent.image_registry_auth=kbs:///default/credentials/x',
];

const SPEC = 'spec: Spec { env: Some(["PATH=/bin", "DB_PASSWORD=Xk7vqzzz", "A=Yj3wrrru"]), cwd: "/" }';
const AGENT = agent(SPEC);
const SHIM = shim(SPEC.replaceAll('"', '\\"'));
const OTHER = shim('Starting VM');
const KERNEL = wrap('[    0.110277] Linux version 5.19.2');
const CRI = '2026-08-22T10:04:14.1Z stderr';
/** Ways in which a record comes in two pieces, or one of them only. */
export const WAYS: readonly (readonly [string, string, (head: string, rest: string) => readonly string[]])[] = [
  ['two lines of a console', AGENT, (head, rest) => [wrap(head), wrap(rest), KERNEL]],
  ['the first of them', AGENT, (head) => [wrap(head), KERNEL]],
  ['the second of them', AGENT, (_, rest) => [KERNEL, wrap(rest)]],
  ['two lines', SHIM, (head, rest) => [head, rest, OTHER]],
  ['the first line', SHIM, (head) => [head, OTHER]],
  ['the second line', SHIM, (_, rest) => [OTHER, rest, OTHER]],
  ['another record between them', SHIM, (head, rest) => [head + OTHER, rest, OTHER]],
  ['a partial line', SHIM, (head, rest) => [`${CRI} P ${head}`, `${CRI} F ${rest}`]],
];

/** Places to cut a record at: from its list of variables to behind it. */
export function cutsOf(record: string): readonly number[] {
  const from = record.indexOf('PATH');
  return Array.from({ length: record.indexOf('cwd') + 9 - from }, (_, index) => from + index);
}

/** Pieces of the secrets that are long enough to be of use. */
const LEAKS = ['Xk7vqzzz', 'Yj3wrrru'].flatMap((secret) => [0, 1, 2, 3, 4].map((at) => secret.slice(at, at + 4)));

export function leaksIn(text: string): readonly string[] {
  return LEAKS.filter((leak) => text.includes(leak));
}
