/** Staff, hiring, users, access, identity and privacy. */
export const peopleWords = `
  employee staff: worker colleague personnel workforce hire team-member coworker people
  user: person people account-holder
  user account: login profile
  create: open set-up
  deactivate: disable switch-off lock suspend close block remove deactivation
  deactivate account: fired left-the-company let-go
  role: admin administrator privilege permission rights editor owner superuser moderator
  assign: give allocate make
  revoke: take-away withdraw remove strip invalidate cancel
  profile: bio about-me avatar display-name nickname
  picture: photo photograph headshot avatar image
  directory people: colleague phone-book extension contact-details coworker
  directory find: who-is who-works
  phone number: extension telephone mobile
  place work: office desk location
  group member: team distribution
  group membership: member members
  access: get-into permission entry clearance rights
  access request: temporary elevated privileged
  owner approval: sign-off
  grant: allow permit give
  refuse: deny reject decline
  sso single-sign-on: single-sign okta entra azure-ad saml oidc openid federation idp
  identity provider: okta entra
  sign-on: log-in login sign-in logon
  password: passphrase passcode pin credential
  password reset: forgot forget locked-out cannot-log-in can-not-log-in
  second-factor authenticator: 2fa mfa otp totp two-factor yubikey one-time token
  factor: 2fa mfa otp
  session: signed-in logged-in login
  session end: log-out sign-out logout kick-out
  device: phone laptop computer tablet machine
  api key: token credential access-key
  issue: hand-out generate create new
  secret: password credential token private-key
  vault: safe keystore
  rotate: renew replace exchange change
  encrypted: encrypt secure
  audit log: trail history trace record who-changed who-did who-deleted who-edited evidence
  audit: auditor auditors compliance proof
  who-did who-changed: audit
  entry: record
  identity verification: kyc id-check legitimate genuine
  identity passport: id driving-licence driver-license
  verify: check confirm validate examine make-sure
  selfie: face
  consent: agree agreement opt-in opt-out permission gdpr
  consent withdrawal: opt-out revoke
  withdraw: revoke take-back
  erase erasure: delete wipe forget purge destroy remove right-to-be-forgotten forgotten
  privacy personal: gdpr dsgvo ccpa
  proof certificate: confirmation evidence
  recruiting opening: vacancy position job hire hiring advertise headhunt job-ad
  job: vacancy position opening role
  publish: post advertise put-out announce
  candidate applicant: cv resume application interviewee apply
  applicant: candidate
  stage: round step phase
  interview: panel hiring-panel meet-candidate
  scorecard: score rating impression feedback
  onboarding new-employee: starter newcomer joiner new-hire first-day induction welcome starts-on joins
  onboarding: onboard
  equipment: laptop computer monitor badge hardware phone
  introduction: meet welcome
  offboarding leave: last-day resign resignation quit leaver departure exit offboard notice fired dismissed laid-off leaving
  exit: leave
  employee record: personnel-file hr-file master-data married surname iban
  master-record: personnel-file
  position: job-title job
  review performance: appraisal evaluation feedback-talk
  assessment: appraisal evaluation self-evaluation
  goal: target objective okr
  vacation leave: holiday day-off days-off time-off pto absence annual-leave off
  leave day-off: pto holiday vacation
  sick: ill illness unwell flu sickness doctor-note
  day: days
  timesheet hour: worked time-tracking overtime clock-in
  log: record enter note write-down book
  project: engagement client-work
  roster shift: rota schedule duty-plan late-shift night-shift early-shift
  swap: trade exchange switch change
  shop: store
  training course: learn class workshop seminar lesson e-learning
  enrol: register sign-up
  certificate: diploma
  vacation leave: time-off take-off paid-time-off off-work off-from-work
  w-2: tax-form wage-statement year-end-form w2
  programmatic: script integration developer
  security-key: yubikey fob
  immutable: tamper
  user account: sign-in-details credentials
  onboarding: new-starter new-colleague new-employee new-hire orientation
  offboarding: retires retire retirement
  recruiting: careers talent
  candidate: shortlist longlist
  employee record: moved marriage promotion transfer contract-change
  timesheet: working-time overtime
  leave: parental maternity paternity sabbatical bereavement
  training: certification compliance-training onboarding-course
  performance: appraisal
  group: mailing-group department
  role: access-level
  second-factor: lost-phone new-phone
  api-key: integration bot
  secret: connection-string
  audit: tampered tampering
  erase privacy: data-subject
  consent: cookie cookies
`;
