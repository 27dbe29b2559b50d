import type { HubEvent } from '../message/hub-event.ts'
import { accessRows } from './access/access-rows.ts'
import { changeKey, dropKey, keepKey } from './access/api-keys.ts'
import { changePassword, dropUser, keepUser } from './access/hub-users.ts'
import { dropLogIn, keepLogIn, noteUses } from './access/log-ins.ts'
import { brokerRetained, loadSessions, saveSessions } from './broker/sessions.ts'
import { acceptClock, counts, noteTime, rebase, tryDisk } from './chores.ts'
import { announceDevices, clearLeaving, deviceState } from './devices/devices.ts'
import { knownSettings } from './devices/learned-settings.ts'
import { reviewPresence } from './devices/presence.ts'
import { erase } from './erase.ts'
import { newestEvent } from './events/event-log.ts'
import { currentStates, show, showAll, subjects, subjectsNamed, withdrawOthers } from './events/latest.ts'
import { openOutlets } from './events/outlets.ts'
import { acknowledge, countWaiting, lapseWaiting, parkEvent, waitingEvents } from './events/waiting.ts'
import { dropDevices, fleetRows, keepDevices } from './fleet-changes.ts'
import { bindings, noteBinding } from './gateways/bindings.ts'
import { gatewayFigures } from './gateways/gateway-counts.ts'
import { notePin, recallPin } from './gateways/pins.ts'
import { shiftSmscClocks } from './gateways/service-centres.ts'
import { assemble, staleAssemblies } from './inbox/assembly.ts'
import { noteDeleted } from './inbox/copies.ts'
import { file, filed, nameUnknown, orphanedReports, quarantine, settleReport } from './inbox/inbox.ts'
import { openCommands } from './inbox/open-commands.ts'
import { readAgain } from './inbox/read-again.ts'
import { settleCall } from './inbox/settle-call.ts'
import { settleText } from './inbox/settle-text.ts'
import { pauseQueue, pauses, resumeQueue } from './lanes/pause.ts'
import { claim } from './outbox/claim.ts'
import { counters } from './outbox/counters.ts'
import { enqueue } from './outbox/enqueue.ts'
import { endConnection } from './outbox/keys.ts'
import { cancelCommand, findCommand, purgeQueue, queueOverview } from './outbox/queue.ts'
import { recover } from './outbox/recover.ts'
import { reviewScheduled } from './outbox/review-scheduled.ts'
import { doubt, giveUp, markSent, markWritten, requeue } from './outbox/sending.ts'
import { sweep } from './outbox/sweep.ts'
import { reportWaiting } from './outbox/waits.ts'
import { ownText } from './own-text.ts'
import { prune } from './prune.ts'
import { quotaRooms } from './quota.ts'
import { markRead } from './read-marks.ts'
import { redact } from './redact.ts'
import { dropParts, keepPart, lapseParts } from './smpp-parts.ts'
import { figures } from './stored-figures.ts'
import type { Tx } from './tx.ts'
import { dueDeliveries } from './webhooks/due.ts'
import { addWebhook, changeWebhook, removeWebhook, rotateWebhook, webhookTarget } from './webhooks/endpoints.ts'
import { replayDeliveries } from './webhooks/replay-deliveries.ts'
import { settleDelivery } from './webhooks/settle-delivery.ts'

/**
 * All operations of the store. Each runs in a transaction that others may share; early ones answer before the commit,
 * for callers that do nothing final before it.
 */
export const operations = {
  recover,
  enqueue,
  counters,
  claim,
  reportWaiting,
  markWritten,
  markSent,
  requeue,
  giveUp,
  doubt,
  sweep,
  endConnection,
  file,
  noteDeleted,
  filed,
  settleReport,
  quarantine,
  nameUnknown,
  orphanedReports,
  assemble,
  staleAssemblies,
  openCommands,
  settleText,
  markRead,
  readAgain,
  settleCall,
  announceDevices,
  clearLeaving,
  deviceState,
  knownSettings,
  fleetRows,
  keepDevices,
  dropDevices,
  show,
  showAll,
  withdrawOthers,
  currentStates,
  subjects,
  subjectsNamed,
  reviewPresence,
  cancelCommand,
  findCommand,
  queueOverview,
  erase,
  redact,
  gatewayFigures,
  purgeQueue,
  reviewScheduled,
  pauseQueue,
  resumeQueue,
  pauses,
  emit,
  openOutlets,
  newestEvent,
  waitingEvents,
  countWaiting,
  acknowledge,
  parkEvent,
  recallPin,
  notePin,
  bindings,
  noteBinding,
  saveSessions,
  loadSessions,
  brokerRetained,
  rebase,
  noteTime,
  tryDisk,
  acceptClock,
  shiftSmscClocks,
  accessRows,
  keepKey,
  changeKey,
  dropKey,
  keepUser,
  changePassword,
  dropUser,
  keepLogIn,
  dropLogIn,
  noteUses,
  addWebhook,
  changeWebhook,
  rotateWebhook,
  removeWebhook,
  webhookTarget,
  dueDeliveries,
  settleDelivery,
  replayDeliveries,
  quotaRooms,
  keepPart,
  dropParts,
  lapseParts,
  ownText,
  lapseWaiting,
  prune,
  counts,
  figures,
} as const

function emit(tx: Tx, events: readonly HubEvent[]): void {
  for (const event of events) tx.emit(event)
}

export type Operations = typeof operations
export type OperationName = keyof Operations
export type ArgsOf<K extends OperationName> = Operations[K] extends (tx: Tx) => unknown
  ? undefined
  : Parameters<Operations[K]>[1]
export type ResultOf<K extends OperationName> = ReturnType<Operations[K]>
