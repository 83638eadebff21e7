#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adit/clock.h"
#include "adit/json.h"
#include "adit/jwt.h"
#include "cli/command_line/command.h"
#include "cli/commands/jwt.h"
#include "cli/terminal/input_text.h"
#include "cli/terminal/jwt_words.h"
#include "cli/terminal/terminal.h"

#include "base/text/text.h"
#include "base/text/visible_text.h"

namespace adit::cli {
namespace {

struct DecodeRequest {
  std::optional<std::string> token;
  bool json = false;
};

std::string_view state_name(jwt::PartState state) {
  switch (state) {
    case jwt::PartState::absent:
      return "absent";
    case jwt::PartState::complete:
      return "complete";
    case jwt::PartState::cut:
      return "cut";
    case jwt::PartState::broken:
      return "broken";
  }
  return "broken";
}

/// Reads `scope`: IMS separates scopes with commas, others with spaces (RFC 8693 section 4.2), and some use an array.
std::vector<std::string> scopes_of(const json::object& claims) {
  std::vector<std::string> scopes;
  for (const auto* name : {"scope", "scp"}) {
    const auto* value = claims.if_contains(name);
    if (value == nullptr) continue;
    if (const auto* list = value->if_array()) {
      for (const auto& item : *list)
        if (item.is_string()) scopes.emplace_back(item.get_string());
    } else if (value->is_string()) {
      scopes = split_list(replace_all(std::string(value->get_string()), " ", ","));
    }
    if (!scopes.empty()) break;
  }
  // The metascopes of a Service Account assertion are claims: https://…/s/NAME.
  for (const auto& member : claims) {
    const std::string_view name = member.key();
    if (name.starts_with("http") && name.find("/s/") != std::string_view::npos) scopes.emplace_back(name);
  }
  std::erase(scopes, std::string());
  return scopes;
}

json::object decoded_json(const jwt::Decoded& decoded, WallTime now) {
  const auto& claims = decoded.claims.members;
  json::object out;
  out["complete"] = decoded.complete();
  out["verified"] = false;
  out["header"] = decoded.header.members;
  out["claims"] = claims;
  out["states"] = json::object{{"header", state_name(decoded.header.state)},
                               {"claims", state_name(decoded.claims.state)},
                               {"signature", state_name(decoded.signature)}};
  out["signature_bytes"] = decoded.signature_bytes;
  const auto times = times_of(claims);
  const auto print_time = [&out, now](const char* name, const std::optional<WallTime>& time) {
    if (time) out[name] = json::object{{"at", to_rfc3339(*time)}, {"words", in_words(*time, now)}};
  };
  print_time("issued", times.issued);
  print_time("not_before", times.not_before);
  print_time("expires", times.expires);
  if (times.expires) {
    out["expires_in"] = std::chrono::floor<std::chrono::seconds>(*times.expires - now).count();
    out["expired"] = *times.expires <= now;
  }
  json::array scopes;
  for (const auto& scope : scopes_of(claims)) scopes.emplace_back(scope);
  out["scopes"] = std::move(scopes);
  if (const auto ims = ims_in_words(claims); !ims.empty()) out["ims"] = ims;
  json::array remarks;
  for (const auto& remark : decoded.remarks) remarks.emplace_back(remark);
  out["remarks"] = std::move(remarks);
  return out;
}

void print_part(std::string_view title, const jwt::DecodedPart& part, std::vector<std::vector<std::string>>& rows) {
  if (part.state == jwt::PartState::absent) return;
  rows.push_back({visible(title), ""});
  for (const auto& member : part.members) {
    const bool cut = part.cut_member == member.key();
    rows.push_back(
        {cat("  ", visible(member.key())), visible(cat(unquoted(member.value()), cut ? "… (cut off)" : ""))});
  }
}

void print_decoded(const jwt::Decoded& decoded, WallTime now) {
  std::vector<std::vector<std::string>> rows;
  print_part("header", decoded.header, rows);
  print_part("claims", decoded.claims, rows);
  const auto& claims = decoded.claims.members;
  const auto times = times_of(claims);
  const auto say = [&rows](std::string_view name, std::string text) { rows.push_back({visible(name), visible(text)}); };
  const auto when = [now](WallTime time) { return cat(to_rfc3339(time), " (", in_words(time, now), ")"); };
  if (times.issued) say("issued", when(*times.issued));
  if (times.not_before) say("not before", when(*times.not_before));
  if (times.expires) say(*times.expires <= now ? "expired" : "expires", when(*times.expires));
  if (const auto scopes = scopes_of(claims); !scopes.empty()) say("scopes", join(scopes, ", "));
  if (const auto ims = ims_in_words(claims); !ims.empty()) say("IMS", ims);
  if (decoded.signature == jwt::PartState::absent) {
    say("signature", "none");
  } else {
    say("signature",
        cat(decoded.signature_bytes, " bytes",
            decoded.signature == jwt::PartState::complete ? "" : ", cut off or damaged", "; not verified"));
  }
  for (const auto& remark : decoded.remarks) say("note", remark);
  print_table(std::cout, Stream::out, rows);
}

void decode(const DecodeRequest& request) {
  const auto decoded = jwt::decode(token_text(request.token.value_or("-")));
  const auto now = Clock::system().wall_now();
  const bool readable = !decoded.header.members.empty() || !decoded.claims.members.empty();
  if (request.json) {
    print_json(decoded_json(decoded, now));
  } else if (readable) {
    print_decoded(decoded, now);
  }
  if (readable) return;
  exit_code() = 1;
  std::string why = "This is not a JWT: no part of it can be read.";
  for (const auto& remark : decoded.remarks) why += cat("\n  ", remark);
  print_error(why);
}

}  // namespace

void add_jwt_decode(Command group) {
  const auto request = std::make_shared<DecodeRequest>();
  auto decoding = group.add_command("decode", "Explain a token, even one that was cut off, without verifying it");
  decoding.add_text("TOKEN", request->token, "The token; - or no token reads stdin");
  decoding.add_flag("--json", request->json, "Print JSON");
  decoding.run([request] { decode(*request); });
}

}  // namespace adit::cli
