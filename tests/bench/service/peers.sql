-- What somebody would build without a ledger: each row holds the hash of the one before.
CREATE TABLE plain (id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), jws text NOT NULL);

CREATE TABLE chained (id bigint PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), jws text NOT NULL, hash bytea NOT NULL);
CREATE TABLE head (id bigint NOT NULL, hash bytea NOT NULL);
INSERT INTO head VALUES (0, sha256(''));

-- The head's row is locked until the commit, so that the chain has no fork and no gap.
CREATE FUNCTION chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last head%ROWTYPE;
BEGIN
    SELECT * INTO last FROM head FOR UPDATE;
    NEW.id := last.id + 1;
    NEW.hash := sha256(last.hash || convert_to(NEW.jws, 'UTF8'));
    UPDATE head SET id = NEW.id, hash = NEW.hash;
    RETURN NEW;
END $$;
CREATE TRIGGER chain BEFORE INSERT ON chained FOR EACH ROW EXECUTE FUNCTION chain();
