// Days and dates of the proleptic Gregorian calendar, days counted from 1970-01-01.
// After Howard Hinnant, http://howardhinnant.github.io/date_algorithms.html: years begin in March there.

const YEAR_0_TO_1970: i32 = 719468;
const DAYS_IN_ERA: i32 = 146097;

/** Day number of a date of the years 0 to 9999. */
export function daysOf(year: i32, month: i32, day: i32): i32 {
  const shifted = month <= 2 ? year + 399 : year + 400;
  const era = shifted / 400;
  const yearOfEra = shifted - era * 400;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
  return (era - 1) * DAYS_IN_ERA + dayOfEra - YEAR_0_TO_1970;
}

export function daysInMonth(year: i32, month: i32): i32 {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/** Year × 10000 + month × 100 + day of a day number in the years 0 to 9999. */
export function dateOf(days: i32): i32 {
  const shifted = days + YEAR_0_TO_1970 + DAYS_IN_ERA;
  const era = shifted / DAYS_IN_ERA;
  const dayOfEra = shifted - era * DAYS_IN_ERA;
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const shiftedMonth = (5 * dayOfYear + 2) / 153;
  const day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + (era - 1) * 400 + (month <= 2 ? 1 : 0);
  return year * 10000 + month * 100 + day;
}
