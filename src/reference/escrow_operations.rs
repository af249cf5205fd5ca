//! Every operation of Escrow Box: a table, nothing that decides.

use super::cause::Cause;
use super::operation::{Body, Field, Kind, Operation, Parameter, Place, Reference, optional, required};

/// The deal and the ad that exist here; nobody guesses them.
pub(super) const KNOWN: &str = "R9342F893CD90B7DBC387";
/// The cart and the payment that exist here.
const KNOWN_NUMBER: &str = "7419203386142907";
/// The city that exists here.
const KNOWN_CITY: &str = "ffa158a4-44c8-4d6d-bd8d-80f69ca115c4";

const AD: Parameter = Parameter { kind: Kind::Text, known: &[KNOWN], unknown: "AD_NOT_FOUND" };
const DEAL: Parameter = Parameter { kind: Kind::Text, known: &[KNOWN], unknown: "DEAL_NOT_FOUND" };
const CART: Parameter = Parameter { kind: Kind::Integer(i64::MIN), known: &[KNOWN_NUMBER], unknown: "CART_NOT_FOUND" };
const PAYMENT: Parameter =
    Parameter { kind: Kind::Integer(i64::MIN), known: &[KNOWN_NUMBER], unknown: "PAYMENT_NOT_FOUND" };
const HANDLER: Parameter = Parameter { kind: Kind::Text, known: &["NovaPoshta"], unknown: "HANDLER_NOT_FOUND" };
const CITY: Parameter = Parameter { kind: Kind::Uuid, known: &[KNOWN_CITY], unknown: "CITY_NOT_FOUND" };
const PAYER: Parameter =
    Parameter { kind: Kind::Text, known: &["buyer", "seller", "client"], unknown: "PAYER_NOT_FOUND" };

const INTEGER: Kind = Kind::Integer(i64::MIN);

const AD_FIELDS: &[Field] = &[
    optional("externalId", Kind::Text),
    optional("productTitle", Kind::Text),
    optional("productDescription", Kind::Text),
    optional("productPrice", INTEGER),
    optional("productWeight", INTEGER),
    optional("sellerFirstName", Kind::Text),
    optional("sellerLastName", Kind::Text),
    optional("sellerPatronymic", Kind::Text),
    optional("sellerPhone", Kind::Text),
    optional("sellerEmail", Kind::Text),
    optional("handlersConfigs", Kind::Object(&[])),
    optional("paymentsConfigs", Kind::Object(&[])),
];

const DEAL_FIELDS: &[Field] = &[
    required("cartId", INTEGER),
    optional("adId", Kind::Text),
    optional("externalId", Kind::Text),
    optional("productTitle", Kind::Text),
    optional("productWeight", INTEGER),
    optional("productPrice", INTEGER),
    optional("sellerFirstName", Kind::Text),
    optional("sellerLastName", Kind::Text),
    optional("sellerPatronymic", Kind::Text),
    optional("sellerPhone", Kind::Text),
    optional("sellerEmail", Kind::Text),
    optional("buyerFirstName", Kind::Text),
    optional("buyerLastName", Kind::Text),
    optional("buyerPatronymic", Kind::Text),
    optional("buyerPhone", Kind::Text),
    optional("buyerEmail", Kind::Text),
    optional("lg", Kind::OneOf(&["uk", "ru", "en"])),
    optional("payment", Kind::Object(&[optional("type", Kind::Text), optional("cardToId", Kind::Text)])),
    optional(
        "handler",
        Kind::Object(&[
            optional("type", Kind::Text),
            optional("sender", Kind::Object(&[])),
            optional("recipient", Kind::Object(&[])),
        ]),
    ),
];

const CHANGES: &[Field] = &[optional("data", Kind::Object(&[]))];

const COSTS: &[Field] = &[
    required("productWeight", INTEGER),
    required("productPrice", INTEGER),
    required("senderCityId", Kind::Text),
    required("recipientCityId", Kind::Text),
];

const CARD: Kind = Kind::Object(&[required("id", Kind::Text), required("securityCode", Kind::Text)]);

const AD_FOUND: (u16, &str) = (200, r#"{"data": {"id": "R9342F893CD90B7DBC387", "status": "NEW"}}"#);
const DEAL_FOUND: (u16, &str) = (200, r#"{"data": {"id": "R9342F893CD90B7DBC387", "status": "CREATED"}}"#);
const CART_FOUND: (u16, &str) = (200, r#"{"data": {"id": 7419203386142907, "externalId": null, "deals": []}}"#);
const PAID: (u16, &str) = (200, r#"{"data": {"id": 7419203386142907, "status": "FINISHED"}}"#);
const EMPTY_LIST: (u16, &str) = (200, r#"{"data": []}"#);
const COST: (u16, &str) = (200, r#"{"data": {"cost": 6500}}"#);
const PAYER_FOUND: (u16, &str) = (200, r#"{"data": {"type": "buyer"}}"#);
const COMMISSION: (u16, &str) = (200, r#"{"data": {"commissionAmount": 150}}"#);

const fn place(path: &'static str, parameters: &'static [Parameter], operations: &'static [Operation]) -> Place {
    Place { path, parameters, operations }
}

/// Where everything is.
pub(super) static PLACES: &[Place] = &[
    place("/api/ads", &[], &[Operation::new("ads.create", "POST", AD_FOUND).body(Body::Json(AD_FIELDS))]),
    place(
        "/api/ads/{id}",
        &[AD],
        &[
            Operation::new("ads.get", "GET", AD_FOUND),
            Operation::new("ads.update", "PATCH", AD_FOUND).body(Body::Json(CHANGES)),
        ],
    ),
    place("/api/ads/{id}/confirmations", &[AD], &[Operation::new("ads.confirm", "POST", AD_FOUND)]),
    place(
        "/api/carts",
        &[],
        &[Operation::new("carts.create", "POST", CART_FOUND)
            .body(Body::JsonOrNothing(&[optional("externalId", Kind::Text)]))],
    ),
    place("/api/carts/{id}", &[CART], &[Operation::new("carts.get", "GET", CART_FOUND)]),
    place(
        "/api/deals",
        &[],
        &[Operation::new("deals.create", "POST", DEAL_FOUND).body(Body::Json(DEAL_FIELDS)).references(&[
            Reference {
                member: &["cartId"],
                known: KNOWN_NUMBER,
                cause: Cause::UnknownResource,
                unknown: "CART_NOT_FOUND",
            },
            Reference { member: &["adId"], known: KNOWN, cause: Cause::UnknownResource, unknown: "AD_NOT_FOUND" },
        ])],
    ),
    place(
        "/api/deals/{id}",
        &[DEAL],
        &[
            Operation::new("deals.get", "GET", DEAL_FOUND),
            Operation::new("deals.update", "PATCH", DEAL_FOUND).body(Body::Json(CHANGES)),
        ],
    ),
    place(
        "/api/deals/{id}/payments",
        &[DEAL],
        &[Operation::new("deals.pay", "POST", PAID)
            .body(Body::Json(&[required("remoteIP", Kind::Text), required("card", CARD)]))],
    ),
    place("/api/deals/{id}/confirmations", &[DEAL], &[Operation::new("deals.confirm", "POST", DEAL_FOUND)]),
    place("/api/deals/{id}/rejections", &[DEAL], &[Operation::new("deals.reject", "POST", DEAL_FOUND)]),
    place("/api/payments/{id}/confirmations", &[PAYMENT], &[Operation::new("payments.confirm", "POST", PAID)]),
    place("/api/handlers/{handlerType}/cities", &[HANDLER], &[Operation::new("handlers.cities", "GET", EMPTY_LIST)]),
    place(
        "/api/handlers/{handlerType}/cities/{cityId}/offices",
        &[HANDLER, CITY],
        &[Operation::new("handlers.offices", "GET", EMPTY_LIST)],
    ),
    place(
        "/api/handlers/{handlerType}/costs",
        &[HANDLER],
        &[Operation::new("handlers.costs", "GET", COST).query(COSTS)],
    ),
    place("/api/payers/{payerType}", &[PAYER], &[Operation::new("payers.get", "GET", PAYER_FOUND)]),
    place(
        "/api/payers/{payerType}/commissionAmount",
        &[PAYER],
        &[Operation::new("payers.commission", "GET", COMMISSION).query(&[required("amount", INTEGER)])],
    ),
];
