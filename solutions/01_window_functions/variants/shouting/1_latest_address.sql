/* Right, whatever the house style. */
WITH "Ranked" ("customer_id", "address_id", "city", "recorded_at", "Place") AS NOT MATERIALIZED (
SELECT "customer_id", "address_id", "city", "recorded_at", ROW_NUMBER() OVER "w"
FROM "public"."customer_address" WINDOW "w" AS (PARTITION BY "customer_id" ORDER BY "recorded_at" DESC NULLS LAST, "address_id" DESC)
) SELECT "customer_id", "address_id", "city", "recorded_at" FROM "Ranked" WHERE "Place" <= 1 ORDER BY "customer_id" DESC;
