/** Mail, messages, meetings, documents, texts and pictures. */
export const messagesWords = `
  email mail: e-mail inbox mailbox message write-to outlook gmail
  email: mail
  mailbox: inbox
  email attachment: attach attached enclosed
  attachment: attached enclosed file
  folder: directory
  move file: put sort archive tidy
  template: boilerplate standard-text pattern model-letter standard form
  placeholder: variable blank
  save store: keep put-away archive retain
  fill: complete fill-in fill-out
  marketing: advertising promotion advertise
  campaign: mailing mailshot blast
  email campaign: mailing mailshot newsletter-issue
  audience: segment recipient target-group everybody
  variant: version a-b
  open click: opened clicked
  newsletter: mailing-list bulletin
  subscriber: reader recipient
  sign-up subscription: subscribe join register
  unsubscribe: opt-out remove sign-off take-off take-out
  unsubscription: opt-out unsubscribe
  text-message sms: text texting whatsapp
  phone: mobile cell cellphone handset telephone
  notification: alert notify push-message
  notification: inform tell let-know
  notify: inform tell alert let-know warn
  app: application
  chat messenger: slack teams channel im
  channel: room
  post: write announce share
  thread: conversation discussion
  phone-call: ring telephone dial phone call-up speak-to talk-to
  call: ring phone telephone dial
  call phone: ring-up give-a-call
  play: read-out
  connect: put-through link hook-up join
  video conference: zoom teams webex skype videocall video-call online-meeting remote-meeting
  conference: meeting call
  dial-in: join-link phone-in
  recording: record recorded audio tape
  letter: paper written notice
  letter post: registered-mail snail-mail by-post by-mail envelope stamp
  post: mail
  print: paper printout
  calendar event: appointment meeting diary agenda schedule date
  calendar: diary schedule agenda
  calendar free: available availability busy
  free: available
  event: meeting appointment
  move: shift postpone reschedule push-back bring-forward put-off delay
  share calendar: access see
  edit: change modify
  share: give-access let-see send-link
  withdraw: take-back stop
  appointment slot: consultation visit meeting time
  staff: adviser advisor consultant agent
  pick: choose select
  slot: time-slot
  reminder remind: alarm wake-me do-not-forget do-not-let-me-forget remember ping nudge
  dismiss: turn-off
  task to-do: todo to-dos chore action-item errand checklist
  to-do-list: todo-list task-list
  complete: finish done tick-off check-off
  note: memo jot jot-down write-down scribble
  handbook wiki: manual intranet policy guideline confluence
  revision: version history
  page: article
  folder file: drive dropbox sharepoint document drawing
  upload: put-up put-online
  download: save
  link: url
  document: file paper contract report form
  search document: mention mentioned occur
  full-text: mention mentioned
  signature: sign signed signing countersign e-sign docusign
  signer: signatory
  electronic: digital online digitally
  binding: legal legally
  pdf merge: combine join unite put-together into-one
  merge: combine join unite put-together deduplicate concatenate one
  split: extract take-out separate
  pdf: page pages
  rotate: turn
  compress: shrink smaller reduce
  ocr: scan scanned
  recognise text: read
  scan photo: photo picture image screenshot
  image: picture photo photograph scan
  photo: picture snapshot photograph
  translate language: translation english german french spanish italian polish chinese japanese portuguese arabic russian dutch
  translate: say
  language: english french german spanish
  transcribe recording: write-down transcript dictation minutes
  transcription: transcript
  speech: spoken voice said talk say
  summary summarise: summarize sum-up tldr gist overview abstract digest
  condense key-point: main-point main-points shorten short brief
  long: pages
  join: combine concatenate put-together
  blog article: story post news
  publish website: put-online
  website: site web homepage
  draft: write compose
  crop: cut trim cut-out
  resize: scale pixel pixels smaller enlarge
  retouch: touch-up brighten
  background: transparent
  survey questionnaire: poll question questions ask-people
  evaluate evaluation: analyse analyze assess
  answer: reply respond response
  calendar event: planned scheduled supposed
  calendar: meetings
  reminder: do-not-forget-to
  phone message text-message: texted
  email: cc bcc reply-to
  document signature: paperwork contract
  file share: send-file large-file
  task: assign due remember
  note: minutes
  wiki: documentation knowledge
  meeting: call catch-up one-on-one sync standup
  calendar: book-time block-time
  survey: feedback-form
  template: merge-field letterhead
  letter: certified registered
  translate: abroad foreign
  summary: abstract highlights takeaway
  image: logo banner
  website article: press-release announcement
  sms: short-message
  chat channel: tell-team
  notification app: smartphone users
`;
