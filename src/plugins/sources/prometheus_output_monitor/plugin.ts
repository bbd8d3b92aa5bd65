// Source `prometheus_output_monitor`: accepted without effect.
import { idleSource } from '../../shared/idle-source.ts';

export const prometheusOutputMonitorSource = idleSource('prometheus_output_monitor');
