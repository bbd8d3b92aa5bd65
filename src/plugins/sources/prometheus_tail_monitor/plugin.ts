// Source `prometheus_tail_monitor`: accepted without effect.
import { idleSource } from '../../shared/idle-source.ts';

export const prometheusTailMonitorSource = idleSource('prometheus_tail_monitor');
