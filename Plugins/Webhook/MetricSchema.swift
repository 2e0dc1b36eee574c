/// The form of what is sent to `webhook.metric`, for those who send.
public enum MetricSchema {
    /// A JSON Schema (draft 2020-12), as `/schemas/metric.json` gives it.
    public static let text = """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "Metrics",
          "description": "One metric, or a list of up to 1,000, sent to /hooks/<connection>.",
          "oneOf": [
            {"$ref": "#/$defs/metric"},
            {"type": "array", "minItems": 1, "maxItems": 1000, "items": {"$ref": "#/$defs/metric"}}
          ],
          "$defs": {
            "metric": {
              "type": "object",
              "additionalProperties": false,
              "required": ["id", "time", "value"],
              "oneOf": [{"required": ["indicator"]}, {"required": ["record"]}],
              "not": {
                "required": ["account", "unit"],
                "properties": {"account": {"type": "string"}, "unit": {"type": "string"}}
              },
              "properties": {
                "id": {
                  "description": "What it is known by: sent again, it takes the place of what was sent before.",
                  "type": "string", "minLength": 1, "maxLength": 200
                },
                "indicator": {
                  "description": "The indicator that it counts for.", "type": "string", "minLength": 1, "maxLength": 200
                },
                "record": {
                  "description": "The record type that the connection maps it onto.",
                  "type": "string", "minLength": 1, "maxLength": 200
                },
                "account": {
                  "description": "The person, as the sender knows them.",
                  "type": ["string", "null"], "minLength": 1, "maxLength": 200
                },
                "unit": {
                  "description": "The unit, where it is not a person's.",
                  "type": ["string", "null"], "minLength": 1, "maxLength": 200
                },
                "time": {
                  "description": "When it happened, with its zone.", "type": "string", "format": "date-time"
                },
                "value": {
                  "description": "How much, exactly as written: a number without exponent, or one as text.",
                  "anyOf": [
                    {"type": "number"}, {"type": "string", "pattern": "^-?(0|[1-9][0-9]*)(\\\\.[0-9]+)?$", "maxLength": 40}
                  ]
                },
                "note": {"description": "A note.", "type": ["string", "null"], "maxLength": 1000}
              }
            }
          }
        }
        """

    /// The form of the answer to a request with `partial=true`, as `/schemas/metric-answer.json` gives it: what of it was taken,
    /// and what is wrong with the rest. The answer to any other request that is taken is empty.
    public static let answer = """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "What was taken of metrics",
          "description": "The answer to /hooks/<connection>?partial=true where at least one item was taken.",
          "type": "object",
          "required": ["taken", "refused", "count", "complaints"],
          "properties": {
            "taken": {"description": "How many items were taken.", "type": "integer", "minimum": 1, "maximum": 1000},
            "refused": {
              "description": "The numbers of the items that were not taken, from 1; all of them.",
              "type": "array", "maxItems": 999, "items": {"type": "integer", "minimum": 1, "maximum": 1000}
            },
            "count": {"description": "How many complaints there are.", "type": "integer", "minimum": 0},
            "complaints": {
              "description": "The first 100 of them.",
              "type": "array", "maxItems": 100,
              "items": {
                "type": "object",
                "required": ["item", "field", "zh", "en"],
                "properties": {
                  "item": {"description": "The item's number, from 1.", "type": "integer", "minimum": 1},
                  "field": {"description": "Its member; null for the whole item.", "type": ["string", "null"]},
                  "zh": {"description": "What is wrong, in Chinese.", "type": "string"},
                  "en": {"description": "What is wrong, in English.", "type": "string"}
                }
              }
            }
          }
        }
        """
}
