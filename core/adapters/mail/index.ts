export { SesMailer } from './ses-mailer.ts';
export { SmtpMailer } from './smtp-mailer.ts';
