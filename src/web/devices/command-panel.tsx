import { useState } from 'preact/hooks'
import type { Command, DeviceView } from '../api/answer-types.ts'
import { Button } from '../parts/button.tsx'
import { English } from '../parts/english.tsx'
import { words } from '../texts/language.ts'
import { CommandForm } from './command-form.tsx'

interface PanelProps {
  readonly device: DeviceView
  readonly onQueued: (id: string) => void
}

/** So many buttons are seen at once; the others are behind a search. */
const maxButtons = 12

export function CommandPanel({ device, onQueued }: PanelProps) {
  const w = words().device
  const [chosen, setChosen] = useState<Command | null>(null)
  const [typed, setTyped] = useState('')
  const { commands } = device
  if (commands.length === 0) return <p class="muted">{w.noCommands}</p>
  const wanted = typed.trim().toLowerCase()
  const found = commands.filter(({ name, label }) => `${name} ${label}`.toLowerCase().includes(wanted))
  const shown = wanted === '' ? found.slice(0, maxButtons) : found
  return (
    <div class="stack tight">
      {commands.length > maxButtons && (
        <input
          class="entry"
          type="search"
          aria-label={w.searchCommands(commands.length)}
          placeholder={w.searchCommands(commands.length)}
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      )}
      <div class="commands">
        {shown.map((command) => (
          <Button
            key={command.name}
            {...(command.danger !== null && { icon: 'warn' as const, look: 'danger' as const })}
            onClick={() => setChosen(command)}
          >
            <English>{command.label}</English>
          </Button>
        ))}
      </div>
      {chosen !== null && (
        <CommandForm
          device={device}
          command={chosen}
          onClose={() => setChosen(null)}
          onQueued={(id) => {
            setChosen(null)
            onQueued(id)
          }}
        />
      )}
    </div>
  )
}
