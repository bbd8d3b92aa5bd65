// Why the present record was refused; the scanning functions return 0 and leave the reason here.

let reason: u32 = 0;
let at: usize = 0;

/** Notes the reason; 0, so that a function can return it. */
export function refuse(why: u32, where: usize): usize {
  reason = why;
  at = where;
  return 0;
}

export function refusalReason(): u32 {
  return reason;
}

export function refusalAt(): usize {
  return at;
}
