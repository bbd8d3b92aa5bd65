// Numbers as digits.

const HEX = memory.data<u8>([48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 97, 98, 99, 100, 101, 102]);

/** 64 bits in decimal; the address behind it. */
export function decimal(number: u64, out: usize): usize {
  let digits: usize = 1;
  for (let rest = number; rest >= 10; rest /= 10) digits++;
  const end = out + digits;
  for (let at = end; at > out; number /= 10) store<u8>(--at, <u8>(48 + (number % 10)));
  return end;
}

/** 64 bits as hex digits without leading zeros; the address behind them. */
export function hex(number: u64, out: usize): usize {
  const digits: i32 = number == 0 ? 1 : (67 - <i32>clz(number)) >> 2;
  for (let shift = (digits - 1) << 2; shift >= 0; shift -= 4) {
    store<u8>(out++, load<u8>(HEX + (<usize>(number >> shift) & 15)));
  }
  return out;
}
