/** Charging, paying, owing, accounting, pay and tax. */
export const moneyWords = `
  bill invoice
  bill invoice: invoicing billing billable
  receipt: till-slip proof-of-purchase
  charge debit: deduct bill withdraw take-off pull
  charge usage meter: consumption consume pay-as-you-go metered metering
  usage: use consumption utilization
  pay payment: paid payer payable remit remittance settle pay-off pay-out
  payment card: visa mastercard amex credit-card debit-card
  wallet: apple-pay google-pay paypal
  authentication: 3-d-secure 3ds sca two-step
  hold: preauthorize preauthorise deposit block earmark freeze
  refund money: reimburse reimbursement repay repayment money-back give-back get-back pay-back
  refund: credit-note overcharge overpaid compensate compensation
  chargeback dispute: contest contested challenge disagree unauthorized cardholder
  fraud: fraudulent scam swindle suspicious phishing fake stolen dodgy shady
  fraud score: risk risky
  block: blacklist blocklist ban
  subscription plan: membership member tier
  subscription: subscribe subscriber recurring renew
  trial: try-out taster test-phase
  proration: prorate prorated pro-rata mid-month mid-cycle
  pause: suspend freeze put-on-hold
  plan: upgrade downgrade
  price: cost costs fee rate tariff list-price expensive cheap
  price: how-much worth
  discount reduction: rebate markdown sale special-offer price-cut cheaper percent-off percent bargain deal
  percentage percent
  coupon code: voucher promo promotion promotional
  campaign code: promotion
  gift: present giftcard
  balance: remaining left remain
  balance: how-much-is-left
  redeem: use-up cash-in spend exchange
  tax vat: mwst gst value-added levy
  tax sales-tax: state-tax
  vat: reverse-charge
  tax return: declare declaration filing
  expense: spend spent outlay disbursement per-diem mileage out-of-pocket reimburse reimbursement
  expense receipt: business-trip
  approve approval: sign-off green-light ok okay authorise
  reject: decline refuse deny turn-down send-back disapprove
  payroll payslip: salary wage pay earnings paycheck paycheque pay-slip pay-stub payday income compensation
  payroll: salaries wages pay-run
  payroll tax: withholding deduction social-security social-insurance lohnsteuer
  german: germany deutschland munich berlin hamburg cologne frankfurt
  united-states us: usa america american texas california florida york states
  european eu: europe france french spain spanish italy italian germany german netherlands dutch belgium austria poland
  united-states: dollar dollars
  euro sepa: iban bic
  sepa bank: iban wire bank-transfer
  direct-debit: standing-order autopay mandate lastschrift
  transfer: wire remit send-money
  bank: account-number routing
  budget: spending-plan allowance allocation
  budget spent compare: overspend overspent over-budget underspend target-actual plan-versus-actual planned
  plan: planned
  cost: spend spending expenditure outlay
  spend: cost spent spending expenditure costs
  ledger journal: bookkeeping accrual depreciation provision write-off amortization amortisation posting
  ledger accounting: books double-entry
  post: book
  close period: month-end year-end quarter-end fiscal closing
  period: month quarter year
  reconciliation match: reconcile tally clear
  bank-statement: account-statement
  dunning overdue: unpaid late past-due outstanding arrears owe owes debt debtor not-paid
  dunning reminder: payment-reminder chase demand-payment
  collection agency: debt-collector debt-collection inkasso
  currency exchange rate: forex fx conversion
  currency: dollar euro pound yen franc krona peso rupee yuan sterling
  convert: change exchange
  purchase order: procure procurement buy requisition acquire
  supplier vendor
  supplier: provider seller contractor manufacturer
  bill supplier: accounts-payable
  batch: bulk all-at-once
  due: deadline payable fall-due
  balance-sheet: assets liabilities
  profit loss: p-l pnl income-statement earnings margin
  statement: financials annual-report quarterly-results accounts
  cash-flow: liquidity
  money amount: cash fund sum
  link checkout: payment-page
  fraud: unauthorised unauthorized do-not-recognize did-not-make illegal unknown-charge
  payroll: get-paid got-paid deposit
  actuals: actual spent
  chase: follow-up
  void invoice: credit-note
  wage: salary pay
  card payment: contactless checkout paid-by-card
  refund: wrongly-charged double-charged charged-twice
  invoice: billed pro-forma
  invoice void: duplicate sent-by-mistake
  subscription: auto-renew plan seats licence
  discount: clearance black-friday
  price list: pricing
  salary: raise bonus
  expense: lunch hotel-bill parking-ticket
  budget: forecast cost-centre
  financial: investor audit board
  supplier payment: vendor-invoice
  reconciliation: bank-transactions booked
  gift card: gift-voucher gift-certificate
  fraud: laundering identity-theft
  sales-tax: nexus
`;
