-- Leaf & Kettle, a tea shop with two stores and a website.

CREATE TABLE store (
    store_id  integer PRIMARY KEY,
    name      text NOT NULL,
    time_zone text NOT NULL                 -- the wall clock of the store: 'Europe/Lisbon'
);

-- Where customers want their parcels. An address is never changed: a new row is added.
CREATE TABLE customer_address (
    address_id  integer PRIMARY KEY,
    customer_id integer NOT NULL,
    city        text,                       -- NULL: the customer asked us to forget it
    recorded_at timestamptz                 -- NULL: imported from the old system, older than all the others
);

CREATE TABLE product (
    product_id integer PRIMARY KEY,
    category   text NOT NULL,
    name       text NOT NULL
);

CREATE TABLE sale (
    sale_id    integer PRIMARY KEY,
    product_id integer NOT NULL REFERENCES product,
    quantity   integer NOT NULL CHECK (quantity > 0)
);

CREATE TABLE payment (
    payment_id  integer PRIMARY KEY,        -- given out by the till: a till that was offline sends its payments later
    customer_id integer NOT NULL,
    store_id    integer NOT NULL REFERENCES store,
    paid_at     timestamptz NOT NULL,
    amount      numeric(10, 2) NOT NULL     -- below zero: a refund
);

-- One row for every page that a visitor of the website opened.
CREATE TABLE click (
    click_id   integer PRIMARY KEY,         -- in order of arrival, which isn't the order in which they happened
    visitor_id integer NOT NULL,
    clicked_at timestamptz NOT NULL,
    page       text                         -- NULL: the name of the page was lost on the way, the click is real
);
