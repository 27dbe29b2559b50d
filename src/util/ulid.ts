const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A ULID (26 characters, sortable by time): 48 bits of `time` in milliseconds, then 80 random bits. */
export function ulid(time: number, random: () => number): string {
  let head = ''
  for (let rest = time, i = 0; i < 10; i++) {
    head = crockford[rest % 32] + head
    rest = Math.floor(rest / 32)
  }
  let tail = ''
  for (let i = 0; i < 16; i++) tail += crockford[Math.floor(random() * 32)]
  return head + tail
}
