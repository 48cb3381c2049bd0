-- Little Wick is a town of nine hundred people. Its bank, its clinic, its guest house and its print shop share one database.

-- The bank: whole crowns, never less than none.
CREATE TABLE account (
    account_id integer PRIMARY KEY,
    owner      text NOT NULL,
    balance    integer NOT NULL CHECK (balance >= 0),
    version    integer NOT NULL DEFAULT 1    -- counts the changes of the row: the trigger below does
);

CREATE FUNCTION count_the_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    RETURN NEW;
END
$$;

CREATE TRIGGER count_the_change BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION count_the_change();

-- The clinic: who belongs to which ward, and who of them is on call tonight.
CREATE TABLE ward (
    ward text PRIMARY KEY
);

CREATE TABLE duty (
    ward    text NOT NULL REFERENCES ward,
    doctor  text NOT NULL,
    on_call boolean NOT NULL,
    PRIMARY KEY (ward, doctor)
);

-- The guest house. A guest who leaves on the 4th doesn't sleep there on the night of the 4th.
CREATE TABLE room (
    room_id integer PRIMARY KEY,
    name    text NOT NULL
);

CREATE TABLE booking (
    booking_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    room_id    integer NOT NULL REFERENCES room,
    guest      text NOT NULL,
    arrives    date NOT NULL,
    leaves     date NOT NULL,
    CHECK (arrives < leaves)
);

-- A calendar, one row a night, for whoever wants to use one. No test looks into it.
CREATE TABLE night (
    room_id integer NOT NULL REFERENCES room,
    night   date NOT NULL,
    guest   text NOT NULL,
    PRIMARY KEY (room_id, night)
);

-- The print shop: the letters that the clinic wants printed, and what has come out of the printers, in this order.
CREATE TABLE job (
    job_id  integer PRIMARY KEY,
    patient text NOT NULL,
    state   text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done'))
);

CREATE TABLE printed (
    sheet  integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job_id integer NOT NULL REFERENCES job
);

-- The town's diary, in which work that may have to be done again leaves its traces. A sequence forgets nothing at
-- ROLLBACK, so it can count the attempts.
CREATE TABLE diary (
    line text NOT NULL
);

CREATE SEQUENCE attempt;

-- The till of the town hall: receipts belong to the day that was open when they were written.
CREATE TABLE till (
    open_day integer NOT NULL
);

CREATE TABLE receipt (
    day    integer NOT NULL,
    amount integer NOT NULL
);
