/** Code, operations, networks, databases and figures. */
export const engineeringWords = `
  repository: repo codebase git source-code
  branch: fork
  commit: revision version
  pull-request: pr merge-request change patch
  code: source program
  review: look-over check approve
  bug: defect error fault glitch problem broken wrong crash
  bug feature: backlog jira
  issue: problem bug
  feature: function wish
  build: ci compile pipeline jenkins
  continuous-integration: ci
  build job: ci nightly
  log: output trace
  log line: error message exception stack-trace
  trigger: start kick-off run
  deploy release: roll-out ship go-live put-live launch production live version
  environment: production staging prod
  rollback previous: revert undo go-back back-out
  edge: cdn
  configuration: config settings
  feature flag: toggle feature-switch
  switch flag: turn-on turn-off enable disable activate
  percentage: percent share
  outage incident: down downtime disruption breakdown offline crash emergency unavailable
  incident: outage major
  responder: team
  timeline: chronology
  page: wake wake-up alert
  on-call duty: standby stand-by rotation
  engineer: developer sysadmin
  status-page state: degraded operational outage
  component: part
  monitor check: watch probe observe
  uptime: availability reachable up available
  monitor service: website reachable respond
  metric measurement: cpu memory latency load throughput graph
  time-series: cpu memory latency
  service: application system
  log search: grep
  dns record: cname mx subdomain nameserver
  domain-name: url www hostname site
  zone: dns
  domain: web-address com
  register: buy
  tls certificate: ssl https cert
  certificate: cert
  renew: extend prolong expire expires expiry runs-out
  firewall rule: ip port traffic
  network: lan vpn
  allow: open permit whitelist let-in
  deny: block close forbid ban
  traffic: requests connection
  vulnerability weakness: cve exploit hack security
  scan: check
  image: container docker
  sql: select query statement
  database: db postgres mysql table tables rows
  database query: rows records
  operational: live production
  snapshot backup: back-up copy
  restore restoration: recover recovery bring-back get-back undo
  schema: column table
  migration: migrate
  pending: outstanding waiting
  bucket object: s3 blob
  lifecycle: retention expire
  queue: backlog
  dead-letter: dlq failed
  replay: redrive process-again retry reprocess try-again
  empty: purge drain clear
  container cluster: kubernetes pod docker k8s
  scale replica: instances more-instances
  cloud: aws azure gcp
  cloud spend: aws-bill
  fetch: get retrieve download call
  web: internet online google
  web search: google internet look-up
  extract: pull scrape take grab
  extract page: scrape crawl
  page web: website site
  table: list
  spreadsheet sheet: excel csv google-sheet workbook
  cell: column row
  row: line
  append: add
  range: column cells
  analytical: analysis analytics statistics figures
  fact: figures numbers
  historical: past history years over-time trend
  dashboard chart: graph diagram plot visualise visualize kpi
  business: management
  pipeline load: etl job nightly sync
  pipeline: etl
  extraction load: import
  backfill: catch-up run-again rerun
  past: previous last
  incident: major war-room sev1 postmortem post-mortem all-hands
  metric: requests error-rate response-time disk
  time-series: chart graph
  https address: url api endpoint
  repository: checkout clone
  deploy: install upgrade
  release: version
  certificate: padlock
  vulnerability: patch outdated insecure
  database: records
  snapshot: dump
  bucket: files archive
  firewall: access-list open-port
  dns: subdomain resolve
  monitor: alert ping
  on-call: call-out pager
  build: test tests compile
  pull-request: diff
  issue project: epic story backlog
`;
