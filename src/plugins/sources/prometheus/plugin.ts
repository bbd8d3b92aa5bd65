// Source `prometheus`: accepted without effect.
import { idleSource } from '../../shared/idle-source.ts';

export const prometheusSource = idleSource('prometheus');
