// Source `monitor_agent`: accepted without effect.
import { idleSource } from '../../shared/idle-source.ts';

export const monitorAgentSource = idleSource('monitor_agent');
