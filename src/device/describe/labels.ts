/** Words that are not written in lower case. */
const spellings: Readonly<Record<string, string>> = {
  ac: 'AC',
  acc: 'ACC',
  api: 'API',
  apn: 'APN',
  dbm: 'dBm',
  dc: 'DC',
  dns: 'DNS',
  fma: 'FMA',
  fota: 'FOTA',
  ftp: 'FTP',
  gprs: 'GPRS',
  gps: 'GPS',
  gsm: 'GSM',
  gx111: 'GX111',
  hdop: 'HDOP',
  http: 'HTTP',
  iccid: 'ICCID',
  id: 'ID',
  ids: 'IDs',
  imei: 'IMEI',
  imsi: 'IMSI',
  io: 'I/O',
  ip: 'IP',
  ipsec: 'IPsec',
  lac: 'LAC',
  lan: 'LAN',
  lcd: 'LCD',
  led: 'LED',
  lte: 'LTE',
  mcc: 'MCC',
  mnc: 'MNC',
  mms: 'MMS',
  mqtt: 'MQTT',
  nmea: 'NMEA',
  obd: 'OBD',
  openvpn: 'OpenVPN',
  pin: 'PIN',
  pptp: 'PPTP',
  puk: 'PUK',
  pwm: 'PWM',
  rf: 'RF',
  sd: 'SD',
  sim: 'SIM',
  sms: 'SMS',
  sos: 'SOS',
  tcp: 'TCP',
  udp: 'UDP',
  url: 'URL',
  usb: 'USB',
  ussd: 'USSD',
  utc: 'UTC',
  vin: 'VIN',
  vpn: 'VPN',
  wan: 'WAN',
  wifi: 'Wi-Fi',
}

/** Names whose words alone make a poor label. */
const labels: Readonly<Record<string, string>> = {
  alarm_state: 'Alarm',
  cell_id: 'Cell ID',
  data_connected: 'Data connection',
  fix: 'GPS fix',
  mains: 'Mains power',
  new_texts: 'New texts',
  texts_full: 'Text memory full',
}

/** Longer labels are explanations, not names of entities. */
const maxLabelLength = 30

/** A display name: `Output 1 remaining` for `output_1_remaining`. */
export function labelOf(name: string): string {
  const area = /^alarm_state_(\w+)$/.exec(name)?.[1]
  if (area !== undefined) return `Area ${area.toUpperCase()}`
  return (Object.hasOwn(labels, name) ? labels[name] : undefined) ?? spelled(name.replaceAll('_', ' ').trim())
}

/** The label of a command if it can be the name of a button, not a question or a long explanation. */
export function commandLabel(name: string, label: string | undefined): string {
  const isName = label !== undefined && label.length <= maxLabelLength && !/[?;:]/.test(label)
  return isName ? spelled(label) : labelOf(name)
}

/** Capitalised, with abbreviations spelled properly. */
export function spelled(text: string): string {
  const words = text.replace(/[A-Za-z0-9]+/g, (word) => {
    const isPlain = word === word.toLowerCase() || word.slice(1) === word.slice(1).toLowerCase()
    const key = word.toLowerCase()
    return isPlain && Object.hasOwn(spellings, key) ? (spellings[key] as string) : word
  })
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Misspelled abbreviations in a label. */
export const misspelled = (label: string): string[] =>
  label
    .split(/[^A-Za-z0-9/-]+/)
    .filter((word) => Object.hasOwn(spellings, word.toLowerCase()) && spellings[word.toLowerCase()] !== word)
