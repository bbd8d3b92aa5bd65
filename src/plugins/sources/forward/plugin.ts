// Source `forward`: known, so that a configuration that has it runs; nothing listens.
import { type Definition, defineSource } from '../../../config/define.ts';
import { section, sections, string } from '../../../config/settings.ts';
import { idle } from '../../shared/idle-source.ts';

const WHY = 'nothing listens for the events of other programs';
const accepted = string({ support: 'accepted', doc: WHY });

const settings = {
  port: accepted,
  bind: accepted,
  tag: accepted,
  add_tag_prefix: accepted,
  backlog: accepted,
  linger_timeout: accepted,
  resolve_hostname: accepted,
  deny_keepalive: accepted,
  send_keepalive_packet: accepted,
  chunk_size_limit: accepted,
  chunk_size_warn_limit: accepted,
  skip_invalid_event: accepted,
  source_address_key: accepted,
  source_hostname_key: accepted,
  transport: section({}, { support: 'accepted', doc: WHY }),
  security: section({}, { support: 'accepted', doc: WHY }),
  parse: section({}, { support: 'accepted', doc: WHY }),
  client: sections({}, { support: 'accepted', doc: WHY }),
};

export const forwardSource: Definition<'source', typeof settings> = defineSource({
  type: 'forward',
  summary: 'Accepted without effect, with a warning: events that other Fluentds send are not taken.',
  settings,
  check: () => [
    {
      code: 'config/not-listening',
      severity: 'warning',
      message: 'forward: nothing listens here, so that events which other programs send are not taken',
      hint: 'read the files or the journal that they read, with a source tail or systemd; remove this source if nobody sends',
    },
  ],
  create: () => idle(),
});
