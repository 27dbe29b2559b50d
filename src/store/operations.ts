import type { Publication } from '../message/publication.ts'
import { assemble, staleAssemblies } from './assembly.ts'
import { bindings, noteBinding } from './bindings.ts'
import { claim } from './claim.ts'
import { counters } from './counters.ts'
import { sweep } from './deadlines.ts'
import { announceDevices, changeState, clearLeaving, deviceState } from './devices.ts'
import { announce, announced, announcedOf, tellPages } from './discovery.ts'
import { enqueue } from './enqueue.ts'
import { erase } from './erase.ts'
import { dropDevices, fleetRows, keepDevices } from './fleet.ts'
import { gatewayFigures } from './gateways.ts'
import { history } from './history.ts'
import { file, filed, nameUnknown, orphanedReports, quarantine, settleReport } from './inbox.ts'
import { endConnection } from './keys.ts'
import { openCommands } from './open-commands.ts'
import { pauseQueue, pauses, resumeQueue } from './pause.ts'
import { notePin, recallPin } from './pins.ts'
import { reviewPresence } from './presence.ts'
import { prune } from './prune.ts'
import { countWaiting, parkPublication, published, retainedTopics, waitingPublications } from './publications.ts'
import { cancelCommand, findCommand, purgeQueue, queueOverview } from './queue.ts'
import { recover } from './recover.ts'
import { doubt, giveUp, markSent, markWritten, requeue } from './sending.ts'
import { shiftCentres } from './service-centres.ts'
import { brokerRetained, loadSessions, saveSessions } from './sessions.ts'
import { knownSettings } from './settings.ts'
import { settleText } from './settle-text.ts'
import type { Tx } from './tx.ts'
import { acceptClock, counts, noteTime, rebase } from './upkeep.ts'
import { tellWaiting } from './waits.ts'

/**
 * Everything that may be asked of the store. Each runs in a transaction that others may share; `early` ones answer
 * before the commit, for callers that do nothing final before it.
 */
export const operations = {
  recover,
  enqueue,
  counters,
  claim,
  tellWaiting,
  markWritten,
  markSent,
  requeue,
  giveUp,
  doubt,
  sweep,
  endConnection,
  file,
  filed,
  settleReport,
  quarantine,
  nameUnknown,
  orphanedReports,
  assemble,
  staleAssemblies,
  openCommands,
  settleText,
  changeState,
  announceDevices,
  clearLeaving,
  deviceState,
  knownSettings,
  fleetRows,
  keepDevices,
  dropDevices,
  announce,
  announced,
  announcedOf,
  tellPages,
  reviewPresence,
  cancelCommand,
  findCommand,
  queueOverview,
  history,
  erase,
  gatewayFigures,
  purgeQueue,
  pauseQueue,
  resumeQueue,
  pauses,
  publish,
  waitingPublications,
  countWaiting,
  published,
  parkPublication,
  retainedTopics,
  recallPin,
  notePin,
  bindings,
  noteBinding,
  saveSessions,
  loadSessions,
  brokerRetained,
  rebase,
  noteTime,
  acceptClock,
  shiftCentres,
  prune,
  counts,
} as const

function publish(tx: Tx, publications: readonly Publication[]): void {
  for (const one of publications) tx.publish(one)
}

export type Operations = typeof operations
export type OperationName = keyof Operations
export type ArgsOf<K extends OperationName> = Operations[K] extends (tx: Tx) => unknown
  ? undefined
  : Parameters<Operations[K]>[1]
export type ResultOf<K extends OperationName> = ReturnType<Operations[K]>
