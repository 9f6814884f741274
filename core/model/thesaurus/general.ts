/** What is said of anything. */
export const generalWords = `
  show: see view display tell list look-at
  create: make produce generate set-up write draft new
  produce: make generate create
  delete remove erase: get-rid drop
  change update: modify alter edit amend adjust set
  find search: look-for look-up
  read: get see view
  add: put insert include append enter
  record: write-down note log enter document
  start: begin launch kick-off commence open
  end: finish stop terminate
  send: mail forward transmit deliver
  transmit: send
  forward: pass-on
  collect: gather fetch pick-up
  compute: calculate work-out figure-out how-much
  calculate compute
  compare: versus
  plan: organize organise arrange schedule prepare
  prepare: ready set-up get-ready
  store: keep save
  approve: accept confirm agree
  confirm: accept
  report: statement overview figures
  check: verify test examine
  request: ask apply
  suggest: recommend propose
  put-together: assemble
  decide: choose
  issue: give
  release: free
  launch: start send-out
  submit: hand-in send-in turn-in
  fetch: get
  publish: put-online
  answer: reply respond
  take: accept
  reply: respond answer react
  void: annul invalidate cancel undo
  mistake: error accident wrong wrongly
  evidence: proof documentation
  pickup: pick-up collection
  dispatch: send
  classify: categorize sort
  optimize: best shortest optimal efficient
  choice: choose pick select
  detect: recognize identify
  export: download extract
  terminate: end stop
  checklist: steps to-dos list
  plant: factory site
  public: everybody outside
  toggle: switch turn-on turn-off enable disable
  receive: arrive
  tag: label mark
  department: team unit division
  rotation: schedule roster
  transformation: transform convert
  history: past log
  international: abroad foreign overseas worldwide
  domestic: inland nationwide national
  screening: check
  limit: maximum cap
  detail: information
  mobile: phone smartphone iphone android
  guest: visitor people adult
`;
