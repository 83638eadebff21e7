#include <optional>

#include "adit/base64.h"
#include "adit/jwt.h"

#include "base/text/text.h"
#include "jwt/jose_header.h"

namespace adit::jwt {
namespace {

constexpr std::size_t kMaxSignatures = 16;

/// Returns a member that is a string; nullopt if it is absent.
std::optional<std::string_view> text_member(const json::object& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  if (member == nullptr) return std::nullopt;
  if (!member->is_string()) throw invalid_jws(cat("its member '", name, "' is not a string"));
  return std::string_view(member->get_string());
}

/// Returns the JOSE header: the protected and the unprotected members. No name may be in both (RFC 7515 section 4).
json::object joined_header(const json::object& signature, std::string_view protected_text) {
  auto header =
      protected_text.empty() ? json::object() : parse_strict_object(decode_part(protected_text, "header"), "header");
  const auto* unprotected = signature.if_contains("header");
  if (unprotected == nullptr) return header;
  if (!unprotected->is_object()) throw invalid_jws("its member 'header' is not an object");
  for (const auto& member : unprotected->get_object()) {
    if (header.contains(member.key()))
      throw invalid_jws("a member is in both its protected and its unprotected header");
    header[member.key()] = member.value();
  }
  return header;
}

Parts signature_of(const json::object& signature, std::string_view payload) {
  const auto protected_text = text_member(signature, "protected").value_or(std::string_view());
  const auto bytes = text_member(signature, "signature");
  if (!bytes) throw invalid_jws("it has no signature");
  Parts parts;
  parts.header = joined_header(signature, protected_text);
  check_header(parts.header);
  parts.payload = decode_part(payload, "payload");
  parts.signature = decode_part(*bytes, "signature");
  parts.signing_input = cat(protected_text, '.', payload);
  return parts;
}

}  // namespace

std::vector<Parts> parse_json_jws(std::string_view text, std::optional<std::string_view> detached) {
  const auto jws = parse_strict_object(text, "text");
  const auto attached = text_member(jws, "payload");
  if (attached && detached) throw invalid_jws("it has a payload, and a second one was given");
  if (!attached && !detached) throw invalid_jws("it has no payload; pass the detached one");
  const auto payload = attached ? std::string(*attached) : base64url_encode(*detached);
  const auto* list = jws.if_contains("signatures");
  if (list == nullptr) return {signature_of(jws, payload)};
  // RFC 7515 section 7.2.2: the general form must not contain members of the flattened form.
  if (jws.contains("signature") || jws.contains("protected") || jws.contains("header"))
    throw invalid_jws("it is in general and in flattened serialisation at once");
  if (!list->is_array() || list->get_array().empty()) throw invalid_jws("its member 'signatures' lists none");
  // Each Parts has a copy of the payload, so that many signatures of a long payload would need much memory.
  if (list->get_array().size() > kMaxSignatures)
    throw invalid_jws(cat("it has more than ", kMaxSignatures, " signatures"));
  std::vector<Parts> all;
  for (const auto& signature : list->get_array()) {
    if (!signature.is_object()) throw invalid_jws("a signature of it is not an object");
    all.push_back(signature_of(signature.get_object(), payload));
  }
  return all;
}

}  // namespace adit::jwt
