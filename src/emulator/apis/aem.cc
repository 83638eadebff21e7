#include "emulator/apis/aem.h"

#include <array>
#include <optional>

#include "base/aem_environment.h"
#include "base/text/text.h"
#include "emulator/apis/gateway.h"
#include "emulator/server/answer.h"
#include "emulator/server/service.h"

namespace adit::emulator {
namespace {

struct AemRefusal {
  int status;
  std::string reason;
};

http::ServerResponse page(int status, std::string_view title) {
  auto answer = http::ServerResponse::text(status,
                                           cat("<!DOCTYPE html>\n<html><head><title>", status, ' ', title,
                                               "</title></head><body><h1>", title, "</h1></body></html>\n"),
                                           "text/html; charset=utf-8");
  if (status == 401) answer.headers.set("WWW-Authenticate", "Bearer");
  return answer;
}

/// The environment that the request's Host names; `nullopt` if the request was redirected to the emulator, because then
/// Host names the emulator.
std::optional<AemEnvironment> environment_of(const http::ServerRequest& request) {
  const auto host = to_lower(trim(request.headers.get_or_empty("host")));
  return aem_environment_of_host(std::string_view(host).substr(0, host.find(':')));
}

/// Throws AemRefusal.
void authenticate(const Call& call) {
  const auto token = bearer_token(call.request);
  if (token.empty()) throw AemRefusal{401, missing_token_reason(call.request)};
  const auto outcome = call.service.verify(token, call.now);
  if (const auto* flaw = std::get_if<TokenFlaw>(&outcome)) throw AemRefusal{401, reason_of(*flaw, token)};
  call.notes.client_id = string_member(std::get<json::object>(outcome), "client_id");
  const auto own = aem_environment_of_client(call.notes.client_id);
  if (!own) throw AemRefusal{403, "the token's client id is not of AEM as a Cloud Service (cm-p1-e2-...)"};
  const auto called = environment_of(call.request);
  if (called && *called != *own) throw AemRefusal{403, "the token's client id is of another environment of AEM"};
  const auto integration = call.service.integrations.find(call.notes.client_id);
  if (!integration) throw AemRefusal{403, "the emulator does not know the token's client"};
  if (integration->product_profiles.empty())
    throw AemRefusal{403, "the technical account has no permission: the integration has no product profile"};
}

template <typename Answer>
http::ServerResponse in_aem(const Call& call, const Answer& answer) {
  try {
    count_api_call(call, false);
    authenticate(call);
    return answer();
  } catch (const AemRefusal& refusal) {
    count_api_call(call, true);
    call.notes.error = refusal.status == 401 ? "unauthorized" : "forbidden";
    call.notes.reason = refusal.reason;
    return page(refusal.status, refusal.status == 401 ? "Unauthorized" : "Forbidden");
  }
}

struct Asset {
  std::string_view name;
  std::string_view title;
  std::string_view format;
  std::int64_t size;
};

constexpr std::string_view kFolder = "example";
constexpr std::array<Asset, 2> kAssets = {
    {{"adit.jpg", "The way into a mine", "image/jpeg", 48'213}, {"report.pdf", "Report", "application/pdf", 120'880}}};

json::array links(const Call& call, std::string_view path) {
  const auto own = call.service.origin();
  const json::object self{{"rel", json::array{"self"}}, {"href", cat(own, "/api/assets", path, ".json")}};
  const json::object content{{"rel", json::array{"content"}}, {"href", cat(own, "/content/dam", path)}};
  return {self, content};
}

json::object folder_entity(const Call& call) {
  const json::object properties{{"name", kFolder}, {"dc:title", "Example"}, {"hidden", false}};
  return {{"rel", json::array{"child"}},
          {"class", json::array{"assets/folder"}},
          {"properties", properties},
          {"links", links(call, cat('/', kFolder))}};
}

json::object asset_entity(const Call& call, const Asset& asset) {
  const json::object metadata{{"dc:title", asset.title}, {"dc:format", asset.format}, {"dam:size", asset.size}};
  return {{"rel", json::array{"child"}},
          {"class", json::array{"assets/asset"}},
          {"properties", json::object{{"name", asset.name}, {"metadata", metadata}}},
          {"links", links(call, cat('/', kFolder, '/', asset.name))}};
}

json::object folder(const Call& call, std::string_view name, std::string_view path, json::array entities) {
  const json::object paging{{"total", entities.size()}, {"offset", 0}, {"limit", 20}};
  return {{"class", json::array{"assets/folder"}},
          {"properties", json::object{{"name", name}, {"srn:paging", paging}}},
          {"links", links(call, path)},
          {"entities", std::move(entities)}};
}

http::ServerResponse dam(const Call& call) {
  return in_aem(call, [] {
    return json_answer(200, json::object{{"jcr:primaryType", "sling:Folder"},
                                         {"jcr:mixinTypes", json::array{"mix:title", "rep:AccessControllable"}},
                                         {"jcr:createdBy", "admin"},
                                         {"jcr:title", "Assets"}});
  });
}

http::ServerResponse root_folder(const Call& call) {
  return in_aem(call, [&] {
    json::array children;
    children.emplace_back(folder_entity(call));
    return json_answer(200, folder(call, "dam", "", std::move(children)));
  });
}

http::ServerResponse one_folder(const Call& call) {
  return in_aem(call, [&] {
    if (call.path_values.at("folder") != cat(kFolder, ".json")) return page(404, "Not Found");
    json::array assets;
    for (const auto& asset : kAssets) assets.emplace_back(asset_entity(call, asset));
    return json_answer(200, folder(call, kFolder, cat('/', kFolder), std::move(assets)));
  });
}

http::ServerResponse one_asset(const Call& call) {
  return in_aem(call, [&] {
    const bool in_folder = call.path_values.at("folder") == kFolder;
    for (const auto& asset : kAssets) {
      if (!in_folder || call.path_values.at("asset") != cat(asset.name, ".json")) continue;
      auto found = asset_entity(call, asset);
      found.erase("rel");
      return json_answer(200, found);
    }
    return page(404, "Not Found");
  });
}

}  // namespace

std::vector<Route> aem_routes() {
  return {{"GET", "/content/dam.json", Side::api, dam},
          {"GET", "/api/assets.json", Side::api, root_folder},
          {"GET", "/api/assets/{folder}", Side::api, one_folder},
          {"GET", "/api/assets/{folder}/{asset}", Side::api, one_asset}};
}

}  // namespace adit::emulator
