/** Switched on and off, in the languages of devices. */
const switched =
  /^(?:on|off|is off|enabled|disabled|aus|ein|ausgeschaltet|deaktiviert|apagado|desactivad[oa]|desligad[oa]|disattivat[oa]|désactivée?|wyłączon[yae]|uitgeschakeld|vypnut[oáa]?|kikapcsolva|отключ[её]н[ао]?|выключен[ао]?)$/iu
/** What an alarm does: behind it, another thing may be spoken of. */
const happened =
  /(?<!\p{L})(?:detected|triggered|activated|pressed|sensed|found|noticed|erkannt|ausgelöst|gedrückt|detectad[oa]|activad[oa]|pulsado|rilevat[oa]|détectée?|déclenchée?|wykryt[oyae]|zjištěn[oaá]?|обнаружен[оа]?)(?!\p{L})/giu
const joined =
  /(?<!\p{L})(?:and|but|while|with|so|then|und|aber|mit|y|con|e|ma|et|mais|avec|mas|com|oraz|и)(?!\p{L})|&/giu
/** An alarm's function, which is switched itself. */
const functions = /alarm|detector|sensor|melder|function|función|funktion|fonction|funzione|função/iu
/** Where an alarm is, or since when. */
const whereabouts =
  /^[\s\p{P}]*(?:in|at|by|on|from|near|since|inside|outside|im|am|an|bei|von|en|de|del|dans|da|do|na|w|ve|v|в|на)(?!\p{L})/iu
const verbs = /(?<!\p{L})(?:is|are|was|were|been|turned|switched|turning|ist|wurde|est|está|è)(?!\p{L})/iu
/** Calls of attention: what follows their colon is what they are about. */
const attention =
  /^(?:warning|attention|danger|alert|achtung|warnung|gefahr|atención|alerta|alerte|peligro|pericolo|perigo|uwaga|внимание)$/iu

/** Words that are no thing of their own: those of alarms, of their functions, and what joins words. */
const own = new Set(
  `a an the your my this that it its is are was were be been has have had will now just also not to of for by via and or turned switched turning set get
  alarm alarms alert alerts warning function mode feature detection detector sensor sensors notification notifications notify message messages sms call calls button key
  system panel anlage alarmanlage sistema impianto centrale centralina système systém text zone zones area partition input channel number no nr tel phone all status state service report armed arming protection monitoring
  detected triggered activated pressed fire smoke sos panic intruder intrusion burglary burglar power mains emergency help motion movement gas vibration shock tamper
  der die das den ist wurde sind und funktion meldung melder alarmierung el la los las un una función está ha sido y il lo è stato stata funzione
  le les une est été a fonction et o os as foi função jest została funkce funkcja byla`.split(/\s+/),
)
/** Whether the words name a thing that is not the alarm itself. */
export const namesThing = (words: string): boolean =>
  (words.toLowerCase().match(/\p{L}{2,}/gu) ?? []).some((word) => !own.has(word))

/** Who switches other things: `Keypad disabled fire alarm` has no fire. Anything else is what was switched. */
const switching =
  /(?<!\p{L})(?:keypad|keyboard|users?|codes?|pin|passcode|remote|remotes|controller|fob|keyfob|key|tag|card|app|owner|operator|admin|administrator|master|installer|technician|engineer|manager|guard|caller|sender|server|host|you|we|he|she|they|i|mr|mrs|ms|timer|schedule|scheduler|scenario|scene|rule|automation|command|has|have|had|kitchen|room|hall|house|home|building|floor|site)(?!\p{L})/iu
export const switchesOthers = (words: string): boolean => switching.test(words)

/**
 * Whether a word that may deny an alarm stands at another thing than the alarm: `Intruder detected and LED is turned
 * on`, `WARNING: LinkedHome turned off`. `between` are the words from the alarm's to it.
 */
export function standsElsewhere(word: string, alarm: string, between: string, isFirst: boolean): boolean {
  const isSwitched = switched.test(word)
  if (isSwitched && isFirst && attention.test(alarm) && /^[ \t]*:/.test(between)) return namesThing(between)
  const all = `${alarm}${between}`
  const [event] = all.matchAll(happened)
  const from = event === undefined ? alarm.length : event.index + event[0].length
  const rest = all.slice(Math.max(from, alarm.length))
  const [link] = rest.matchAll(joined)
  if (link !== undefined) {
    const thing = rest.slice(link.index + link[0].length)
    const isSentence = isSwitched && verbs.test(thing) && !functions.test(alarm + rest.slice(0, link.index))
    if (namesThing(thing) && (event !== undefined || isSentence)) return true
  }
  return isSwitched && event !== undefined && !whereabouts.test(rest) && namesThing(rest)
}
