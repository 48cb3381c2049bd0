-- The savings bank.
CREATE TABLE account (
    id integer PRIMARY KEY,
    owner text NOT NULL,
    balance integer NOT NULL CHECK (balance >= 0),   -- in whole crowns
    version integer NOT NULL DEFAULT 0               -- for whoever wants to count changes
);

-- The clinic: who is on call tonight.
CREATE TABLE doctor (
    name text PRIMARY KEY,
    on_call boolean NOT NULL
);

-- The guest house: a guest has the room from the night of arrival up to, and without, the day of leaving.
CREATE TABLE room (
    id integer PRIMARY KEY,
    name text NOT NULL
);
CREATE TABLE booking (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    room integer NOT NULL REFERENCES room,
    guest text NOT NULL,
    arrives date NOT NULL,
    leaves date NOT NULL CHECK (leaves > arrives)
);

-- The print shop's queue. What a job has brought about stands in `printed`.
CREATE TABLE job (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer text NOT NULL,
    text text NOT NULL,
    done boolean NOT NULL DEFAULT false
);
CREATE TABLE printed (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job integer NOT NULL REFERENCES job,
    text text NOT NULL
);

-- Counts attempts. A sequence is never rolled back.
CREATE SEQUENCE attempt;
