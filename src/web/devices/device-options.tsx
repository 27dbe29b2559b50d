import { useState } from 'preact/hooks'
import type { DeviceView } from '../api/answer-types.ts'
import { ask } from '../api/ask.ts'
import { calls } from '../api/hub-calls.ts'
import { useResource } from '../api/resource.ts'
import { useAct } from '../parts/act.ts'
import { Button } from '../parts/button.tsx'
import { Confirm } from '../parts/dialog.tsx'
import { Fault } from '../parts/fault.tsx'
import { CheckField, SelectField, TextField } from '../parts/field.tsx'
import { go } from '../router.ts'
import { words } from '../texts/language.ts'
import { DeviceSettings } from './device-settings.tsx'

interface OptionsProps {
  readonly device: DeviceView
  readonly reload: () => void
}

export function DeviceOptions({ device, reload }: OptionsProps) {
  const w = words()
  const [name, setName] = useState(device.name)
  const [gateway, setGateway] = useState(device.gateway ?? '')
  const [dialect, setDialect] = useState(device.dialects.find(({ first }) => first === 'owner')?.dialect ?? '')
  const [isRemoving, setRemoving] = useState(false)
  const gateways = useResource(calls.gateways, {})
  const { isBusy, problem, run } = useAct({ isQuiet: true })
  if (!device.removable) return <p class="card">{w.options.inFile}</p>
  const save = async (event: Event) => {
    event.preventDefault()
    const change = {
      id: device.id,
      revision: device.revision,
      name: name.trim(),
      gateway: gateway === '' ? null : gateway,
      ...(device.dialects.length > 0 && { dialect: dialect === '' ? null : dialect }),
    }
    if (await run(() => ask(calls.updateDevice, change), w.common.saved)) reload()
  }
  const choices = [
    { value: '', label: w.device.anyGateway },
    ...(gateways.data?.data.map(({ id }) => ({ value: id, label: id })) ?? []),
  ]
  return (
    <div class="stack">
      <form class="card form" onSubmit={save}>
        <TextField label={w.options.name} value={name} onInput={setName} required />
        <SelectField label={w.devices.gateway} value={gateway} choices={choices} onInput={setGateway} />
        {device.dialects.length > 0 && (
          <SelectField
            label={w.device.dialect}
            value={dialect}
            choices={[
              { value: '', label: w.device.byItsTexts },
              ...device.dialects.map(({ dialect: value, label }) =>
                label === null ? { value, label: w.device.ownWords } : ({ value, label, lang: 'en' } as const),
              ),
            ]}
            onInput={setDialect}
          />
        )}
        <Fault problem={problem} />
        <div class="ends">
          <Button type="submit" look="main-act" disabled={isBusy}>
            {w.common.save}
          </Button>
        </div>
      </form>
      <DeviceSettings device={device} reload={reload} />
      <div class="card row spread">
        <p>{w.options.removeAbout}</p>
        <Button look="danger" icon="trash" onClick={() => setRemoving(true)}>
          {w.options.remove}
        </Button>
      </div>
      {isRemoving && <Removal device={device} onClose={() => setRemoving(false)} />}
    </div>
  )
}

function Removal({ device, onClose }: { readonly device: DeviceView; readonly onClose: () => void }) {
  const w = words()
  const { id, revision } = device
  const [erase, setErase] = useState(false)
  const remove = async () => {
    await ask(calls.removeDevice, { id, revision, ...(erase && { erase }) })
    go('devices')
  }
  return (
    <Confirm
      title={w.options.removeOne(id)}
      act={w.options.remove}
      name={id}
      work={remove}
      done={w.options.removed}
      onClose={onClose}
    >
      <p>{w.options.removeAbout}</p>
      <CheckField label={w.options.erase} value={erase} onInput={setErase} />
    </Confirm>
  )
}
