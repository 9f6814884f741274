/** Products, orders, stock, shipping, returns and suppliers. */
export const tradeWords = `
  product: item article goods merchandise sku ware
  product variant: colour color size model
  attribute: property specification
  catalogue catalog: assortment range
  shopper: customer buyer consumer
  shopper customer client buyer: patron consumer
  review star: rating opinion comment feedback testimonial
  moderation hide: offensive abusive rude spam fake inappropriate
  publish: show
  hide: remove take-down suppress
  suggest recommend propose: advise
  recommendation: also-like also-buy cross-sell upsell go-well
  fit: match suit
  basket cart: trolley bag
  empty clear
  order: purchase buy
  place: make submit
  cancel: call-off abort revoke undo withdraw annul stop
  amend change: modify alter edit adapt correct update
  line: item position quantity
  backorder: out-of-stock
  split: divide separate partial in-two part
  shipment: delivery consignment
  track parcel order: trace whereabouts where-is shipped delivered arrive arrival eta status
  parcel: package packet box carton
  parcel: shipment delivery
  track: follow trace
  inventory quantity stock: on-hand in-stock stocktake shelf shelves units count left
  inventory: stock
  correct adjust: fix amend wrong
  reserve: set-aside put-aside keep earmark
  count: stocktaking stocktake tally
  difference: discrepancy deviation variance missing shrinkage differ
  forecast predict demand: expect expected projection anticipate outlook estimate
  demand: sell sales
  reorder: replenish restock
  warehouse: depot storage storeroom
  bin: shelf rack location compartment
  goods: pallet pallets delivery merchandise
  put-away: store stow
  pick: picking picker
  pack packing: wrap box
  ship: send deliver dispatch post
  carrier: courier dhl ups fedex hermes dpd usps forwarder
  abroad: overseas foreign international export
  customs: export import border
  customs declaration: customs-papers customs-form export-papers
  country: national domestic
  abroad country: canada brazil japan china india australia switzerland norway mexico usa
  compare price: cheapest cheaper cheap best-price
  rate: price tariff cost
  label: sticker barcode
  courier collect: pick-up fetch
  collection: pick-up
  schedule: arrange order plan
  return: send-back bring-back take-back give-back money-back sent-back
  return goods: wrong-size unwanted
  condition: damaged scratched used
  inspect: check examine
  warranty: guarantee guaranteed
  warranty claim: broke broken defective break fault faulty stopped-working
  repair: fix mend broken leak leaks
  spare part: component replacement
  estimate: quote cost how-much-would
  technician: engineer repairman mechanic electrician plumber on-site
  service: maintenance
  technician customer: on-site visit
  supplier: vendor manufacturer
  rating rate: score grade mark star
  quotation bid quote: offer tender rfq proposal
  several: multiple
  compare: versus best difference
  tariff duty: customs import-tax
  import: bring-in
  tour route: round delivery-round trip sequence order-of-stops
  stop: visit drop
  van: lorry truck vehicle driver
  marketplace: amazon ebay etsy zalando
  third-party: amazon ebay
  list: offer sell
  sync: synchronize update
  grocery: milk bread fruit vegetable egg eggs cheese butter supermarket coffee apples
  meal restaurant: pizza sushi burger curry lunch dinner hungry takeaway take-away takeout eat catering food sandwich
  meal: food dish
  door: home doorstep
  slot: time-window
  track order: transit on-its-way on-the-way going-on dropped-off
  order: bought purchased
  return goods: exchange unwanted wrong-item
  inventory: how-many-left running-low
  product: assortment sku
  parcel carrier: fedex
  courier: messenger
  warehouse: aisle rack
  supplier: tenderer
  repair: servicing
  review: reviewer
  warranty: within-guarantee
  recommendation: similar alternatives alternative
  demand: season seasonal trend
  grocery: shopping household
  meal: breakfast catering canteen
`;
