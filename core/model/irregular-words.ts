/** Forms that no rule leads back to their word: the word, then its forms. Also spellings of the other side of the Atlantic. */
const families = `
  be is are was were been being
  begin began begun
  break broke broken
  bring brought
  build built
  buy bought
  catch caught
  child children
  choose chose chosen
  come came
  deal dealt
  do did done does
  draw drew drawn
  drive drove driven
  eat ate eaten
  fall fell fallen
  feel felt
  find found
  fly flew flown flies
  forget forgot forgotten
  freeze froze frozen
  get got gotten
  give gave given
  go went gone
  grow grew grown
  hear heard
  hide hid hidden
  hold held
  keep kept
  know knew known
  leave left
  lend lent
  lose lost loss losing
  make made
  man men
  mean meant
  meet met
  pay paid
  person persons
  ring rang rung
  run ran
  say said
  see saw seen
  seek sought
  sell sold
  send sent
  shake shook shaken
  show shown
  sit sat
  sleep slept
  speak spoke spoken
  spend spent
  steal stole stolen
  swear swore sworn
  take took taken
  teach taught
  tell told
  think thought
  throw threw thrown
  understand understood
  wake woke woken
  wear wore worn
  win won
  woman women
  write wrote written
  analysis analyses analyse analyze analysed analyzed analysing analyzing analytical analytics
  catalog catalogue
  center centre
  check cheque
  dialog dialogue
  fulfill fulfil
  gray grey
  jewelry jewellery
  license licence
  meter metre
  program programme
  theater theatre
  tire tyre
`;

const words = new Map<string, string>();
for (const family of families.trim().split('\n')) {
  const [word = '', ...forms] = family.trim().split(' ');
  for (const form of forms) words.set(form, word);
}

/** The word that an irregular form belongs to; any other word as it is. */
export function regularForm(form: string): string {
  return words.get(form) ?? form;
}
