/** Selling to customers, serving them, insurance and health. */
export const customersWords = `
  support ticket: case request problem helpdesk help-desk
  support: help assist assistance
  ticket: case
  agent: representative rep employee
  assign: hand-over pass give delegate forward
  close: resolve settle finish shut
  help article: faq how-to guide instruction instructions help-centre help-center
  knowledge: faq how-to
  contact: address-book business-card
  company: firm business organization enterprise corporation
  people: person
  duplicate: double same
  lead prospect: potential interested interest enquiry inquiry
  qualify qualification: worth promising
  capture: record note
  deal opportunity: sale pipeline
  deal stage: negotiation won lost
  sales: revenue selling
  value: worth amount
  advance: move progress
  quote offer: proposal estimate
  offer: proposal
  acceptance: accepted agreed
  agreement contract: lease nda deal
  renewal: renew expire expires expiry run-out runs-out end
  notice: terminate cancel
  term: clause condition
  satisfaction: satisfied happy unhappy nps csat pleased
  score comment: feedback rating opinion
  feedback: opinion experience
  complaint: complain grievance angry unhappy dissatisfied upset
  deadline: due in-time
  register: file record log
  response resolution: answer react
  breach: violate violation missed exceed exceeded too-late
  target: goal agreed sla
  service-level: sla
  callback: call-back call-me
  incoming call: hotline caller
  address: moved moving relocation
  preference: setting
  closure: close delete-account
  claim: damage accident
  damage: crash accident theft burglary fire broke
  insurance-claim: accident
  insurance: insurer insured
  adjuster: surveyor expert
  file: submit report hand-in lodge
  assess: evaluate judge estimate
  medical history: patient diagnosis illness
  patient: client
  diagnosis: diagnose diagnosed condition disease
  allergy: allergic intolerance
  clinical: medical
  prescription: pill pills medicine medication drug tablets refill insulin antibiotic
  pharmacy: chemist drugstore
  blood test: lab glucose
  lab result: test
  analysis: test
  physician doctor: gp specialist cardiologist dentist paediatrician pediatrician surgeon gynaecologist
  physician: doctor
  specialty: specialist
  help article: tutorial documentation manual walkthrough help-page
  support ticket: enquiry inquiry escalate
  contact: vcard phone-number
  lead: sign-up webinar trade-fair trade-show booth
  deal opportunity: close-date win winning
  contract: expiring subcontract framework signed-agreement
  response time: answered wait waited waiting
  callback: call-me-back
  damage claim: stolen water-damage policyholder
  satisfaction: survey rating
  medical: health illness
  visit: see appointment check-up
  doctor: clinic hospital practice
`;
