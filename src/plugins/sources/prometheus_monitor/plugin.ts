// Source `prometheus_monitor`: accepted without effect.
import { idleSource } from '../../shared/idle-source.ts';

export const prometheusMonitorSource = idleSource('prometheus_monitor');
