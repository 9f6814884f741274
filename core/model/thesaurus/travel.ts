/** Journeys, stays, rides, tables, rooms, places and weather. */
export const travelWords = `
  hotel stay: accommodation lodging inn room sleep overnight night nights bed
  hotel: accommodation lodging inn hostel
  hotel book: room-for put-up
  book reserve reservation
  book: get arrange
  room: rooms
  corporate rate: business-rate
  loyalty: membership bonus
  asia: japan tokyo kyoto osaka korea seoul china beijing shanghai singapore thailand bangkok vietnam hanoi
  japan: tokyo osaka kyoto nagoya japanese sapporo
  apartment holiday-home: flat cottage house villa airbnb chalet bungalow
  private host: airbnb
  flight: fly plane airplane aircraft airline flying jet
  flight: flew trip
  passenger: traveller traveler people
  traveller: traveler passenger
  connection fare: ticket-price
  fare: price ticket cost
  search find: look seek discover locate look-for look-up hunt
  airport: terminal
  departure arrival: take-off land landing on-time depart arrive leave
  delay: late on-time delayed punctual
  gate: terminal
  status state: progress how-far stage situation
  seat: window aisle row legroom
  bag baggage: suitcase luggage case trunk
  bag lost: missing did-not-arrive not-arrived carousel
  baggage: luggage
  lost: missing
  train: railway rail tgv ice eurostar intercity sleeper
  europe: paris london berlin milan vienna amsterdam madrid rome zurich brussels munich prague barcelona
  train europe: paris milan vienna amsterdam brussels zurich
  shinkansen: bullet-train
  ticket: seat
  car rental: hire-car rent hire vehicle suv convertible automobile
  car: vehicle automobile
  rent: hire lease borrow
  desk rental: counter
  person: human somebody someone
  taxi: cab uber lyft minicab
  ride: lift taxi cab
  hailing: uber lyft
  taxi city: take-me drive-me
  transfer driver: chauffeur pick-up shuttle limousine
  private driver: chauffeur
  advance: beforehand prior
  itinerary plan travel: schedule overview trip programme
  travel: trip journey voyage tour
  journey: trip travel holiday voyage
  booking: reservation
  assemble: put-together gather combine compile collect
  insurance cover: insure protection
  luggage: baggage suitcase
  cancellation: call-off cancel
  cover policy: insurance
  buy: purchase acquire get
  visa: entry-permit travel-permit
  entry nationality: citizen citizens national passport enter
  visa country: foreign
  destination: where-to
  application: apply applied
  loyalty point: mile miles frequent-flyer bonus rewards status-points
  loyalty programme: rewards bonus
  reward: upgrade perk bonus
  restaurant table: dinner lunch eat dining bistro eat-out brunch supper
  restaurant: trattoria pizzeria bistro cafe diner
  event concert: show gig festival opera musical play match game performance
  theatre: theater play opera musical
  sport: football match game tennis soccer
  concert: band singer orchestra
  meeting-room: conference-room boardroom
  room equipment: projector whiteboard screen
  meeting: conference session workshop
  release: give-back free
  desk: workplace workspace
  office: workplace
  parking: park
  parking garage: car-park
  space: spot place
  garage: car-park
  extend: prolong lengthen longer
  route: way path directions get-to get-from how-do-i-get
  foot: walk walking
  bicycle: bike cycle cycling
  transport: bus tram subway metro underground
  duration: how-long long take
  route car: drive driving distance far
  coordinate: latitude longitude gps position map location
  address: street road avenue square location place
  weather: rain snow sun sunny sunshine storm wind windy cloud cloudy umbrella
  weather forecast: will-it-rain how-warm how-cold degrees
  temperature: warm cold hot degrees freeze chilly
  rain: umbrella wet rainy shower
  warning alert: alarm danger hazard
  storm: hurricane thunderstorm tornado gale blizzard
  flood: flooding
  heat: heatwave
  official: authority government
  route place: near nearby nearest nearer closest guide navigate far miles kilometres traffic
  weather forecast: climate outside conditions meteorological humid humidity
  flight departure: board boarding land landing take-off
  flight: airlines jfk delta lufthansa
  taxi: pick-me-up drive
  bag lost: can-not-find cannot-find where
  parking: leave-car leave-vehicle
  hotel: suite resort motel
  visa: travel-document entry-document
  geocoding: gps coordinate latitude longitude
  redemption: redeem spend
  route: bus close
  hotel: check-in check-out stayover
  flight: return-flight one-way round-trip stopover layover
  train: first-class second-class carriage
  car rental: licence mileage
  taxi: driver
  travel insurance: medical-cover
  visa: embassy consulate
  itinerary: day-by-day
  restaurant: reservation
  event ticket: stadium gala
  room: huddle
  desk: hot-desk
  parking: overnight
  weather: climate
`;
