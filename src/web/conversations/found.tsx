import { contactName } from '../api/contact-names.ts'
import { deviceName } from '../api/device-names.ts'
import { calls } from '../api/hub-calls.ts'
import { usePages } from '../api/paged.ts'
import { hashOf } from '../page-place.ts'
import { Empty } from '../parts/empty.tsx'
import { Icon } from '../parts/icon.tsx'
import { Listing } from '../parts/listing.tsx'
import { Strange } from '../parts/strange.tsx'
import { Time } from '../parts/time.tsx'
import { words } from '../texts/language.ts'

/** Texts with some words in them, each a way to its conversation. */
export function Found({ q }: { readonly q: string }) {
  const w = words()
  const pages = usePages(calls.messages, { q, limit: 50 }, ({ id }) => id)
  return (
    <Listing pages={pages} empty={<Empty icon="search" title={w.common.nothingFound} />}>
      {(rows) => (
        <ul class="thread-list">
          {rows.map(({ id, direction, device, from, to, text, command, at }) => {
            const about = device ?? (direction === 'in' ? from : to) ?? ''
            return (
              <li key={id}>
                <a href={hashOf(['conversations', about], { q })}>
                  <span class="line">
                    <span class="strong cut">
                      <Strange text={device === null ? (contactName(about) ?? about) : deviceName(device)} />
                    </span>
                    <span class="small muted">
                      <Time at={at} as="clock" />
                    </span>
                  </span>
                  <span class="small muted">
                    <Icon name={direction} little /> <Strange text={text ?? command ?? ''} />
                  </span>
                </a>
              </li>
            )
          })}
        </ul>
      )}
    </Listing>
  )
}
