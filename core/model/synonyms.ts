import { stem } from './words.ts';

/** Words that people use for one another when they ask for something, a group for each meaning. */
const groups = `
  account user login profile
  add insert append include
  address location place
  administrator admin role permission privilege owner
  agreement contract deal
  alert warning alarm
  allow permit grant authorize
  answer reply respond response
  apartment flat home house
  appointment slot consultation visit
  approve accept confirm sign-off
  arrange plan schedule organize set-up
  article post page story
  ask request apply
  audit trail history log
  backup snapshot copy
  bag suitcase luggage baggage
  basket cart
  bid quote offer estimate tender
  bill invoice
  block deny ban forbid refuse
  book reserve reservation
  broken defective faulty damaged break
  bug defect issue error
  buy purchase order acquire
  cab taxi ride
  call phone ring telephone dial
  cancel terminate end quit stop abort
  candidate applicant
  car vehicle auto automobile
  carrier courier postal
  certificate tls ssl https
  chart graph diagram dashboard
  chat messenger channel conversation
  choose pick select
  client customer buyer shopper patron
  code voucher coupon promo promotion
  collect fetch gather pick-up
  combine merge join unite concatenate
  company firm enterprise organization business
  complaint grievance
  compute calculate
  concert show theatre event gig
  consent agree permission
  cost price fee rate expense
  currency euro dollar yen pound franc exchange
  delay late overdue
  delete remove erase erasure wipe forget forgotten purge
  deliver delivery ship shipment
  depart leave exit offboard resign
  deploy release roll-out launch
  device phone mobile smartphone
  discount reduction rebate off percent percentage
  dismiss fire lay-off
  dispute contest chargeback
  doctor physician
  document file paper
  domain dns www hostname
  driver chauffeur transfer
  duty tariff customs
  edit change update modify alter amend correct adjust
  employee staff worker colleague personnel
  examine check verify inspect validate
  expire renew renewal
  find search look seek discover locate
  fix repair mend
  flight plane fly airline
  fraud suspicious fraudulent scam
  satisfied satisfaction happy
  goal target objective
  group team
  guarantee warranty
  hire recruit employ
  hotel accommodation lodging
  house housing home
  illness sick sickness
  import load ingest
  incident outage disruption down
  insurance insure cover
  interview conversation
  item product goods article merchandise
  job opening vacancy position
  key token credential
  laptop computer equipment hardware
  leave vacation holiday absence
  letter mail post
  library package dependency
  mail email message inbox mailbox
  meal food dish pizza
  medicine pill drug medication prescription
  meeting conference
  membership subscription plan
  mile point loyalty
  money amount cash fund
  newcomer newhire starter onboard
  note memo
  notify inform tell alert push
  parcel package shipment box
  password passphrase credential
  pause suspend hold
  pay payment charge settle
  picture photo image
  produce generate create make
  publish post release
  questionnaire survey poll
  rain weather storm temperature
  record recording audio tape
  refund reimburse repay money-back
  remind reminder nudge
  rent hire lease rental
  report statement
  restaurant dinner table
  restore recover recovery
  return send-back sending-back bring-back
  review rating star
  rollback revert undo go-back
  salary wage payroll payslip
  scan ocr
  screen score assess
  secret password credential
  send transmit dispatch
  server host machine
  shift roster rota
  shop store
  signature sign
  speech voice spoken
  split divide separate
  start begin commence
  stock inventory shelf warehouse
  suggest recommend propose
  summary summarize condense main-point key-point
  supplier vendor
  switch toggle turn flip
  task to-do todo
  tenant renter
  text sms
  ticket case
  tour route trip
  track trace follow
  train railway rail
  transcribe transcript transcription write-down
  translate translation
  travel journey trip
`;

/** For every stemmed word or pair of words: the other words of its meanings. */
const thesaurus = new Map<string, Set<string>>();
for (const line of groups.trim().split('\n')) {
  const words = line
    .trim()
    .split(' ')
    .map((word) => word.split('-').map(stem).join(' '));
  for (const word of words) {
    const others = thesaurus.get(word) ?? new Set<string>();
    for (const other of words) if (other !== word) others.add(other);
    thesaurus.set(word, others);
  }
}

/** Stemmed words of the same meaning as a stemmed word, or as two that follow one another with a space between. */
export function synonymsOf(term: string): readonly string[] {
  return [...(thesaurus.get(term) ?? [])];
}
