#include "adit/dev/web/web_action.h"

#include <gtest/gtest.h>

#include "adit/base/base64.h"
#include "adit/base/text.h"
#include "adit/dev/web/media_type.h"

namespace adit::dev {
namespace {

using Status = ActivationStatus;

json::value j(std::string_view text) { return parse_json(text, "test"); }

http::ServerRequest request(std::string method, std::string query = {}, std::string body = {}, std::string type = {}) {
  http::ServerRequest asked;
  asked.method = std::move(method);
  asked.query = std::move(query);
  asked.body = std::move(body);
  if (!type.empty()) asked.headers.add("Content-Type", type);
  return asked;
}

WebRules rules(std::string_view annotations = R"({"web-export":true})", std::string_view inputs = "{}") {
  return WebRules::of(j(annotations).as_object(), j(inputs).as_object());
}

json::object params_of(const http::ServerRequest& asked, const WebRules& with = rules(), const Caller& caller = {}) {
  auto given = web_parameters(asked, WebPath{.package = "p", .action = "a", .rest = "/x"}, with, caller);
  EXPECT_FALSE(given.refusal) << given.refusal->body;
  return given.params;
}

int refusal_of(const http::ServerRequest& asked, const WebRules& with = rules()) {
  const auto given = web_parameters(asked, WebPath{.package = "p", .action = "a", .rest = {}}, with, {});
  return given.refusal ? given.refusal->status : 0;
}

http::ServerResponse http_answer(std::string_view result) {
  return web_answer(Status::success, j(result), WebExtension::http);
}

std::string error_of(const http::ServerResponse& response) {
  const auto body = parse_json(response.body, "answer").as_object();
  EXPECT_EQ(body.at("code").as_string().size(), 32U);
  return cat(response.status, ' ', string_member(body, "error"));
}

constexpr auto kNotHttp = "400 Response is not valid 'message/http'.";
constexpr auto kMismatch = "400 Response type in header did not match generated content type.";

// Paths

TEST(WebPath, TakesTheFiveExtensionsAndAssumesHttp) {
  const auto extension = [](std::string_view path) { return parse_web_path(path)->extension; };
  EXPECT_EQ(extension("p/a"), WebExtension::http);
  EXPECT_EQ(extension("p/a.http"), WebExtension::http);
  EXPECT_EQ(extension("p/a.json"), WebExtension::json);
  EXPECT_EQ(extension("p/a.html"), WebExtension::html);
  EXPECT_EQ(extension("p/a.svg"), WebExtension::svg);
  EXPECT_EQ(extension("p/a.text"), WebExtension::text);
}

TEST(WebPath, AnyOtherEndingBelongsToTheName) {
  EXPECT_EQ(parse_web_path("p/a.js")->action, "a.js");
  EXPECT_EQ(parse_web_path("p/a.json.http")->action, "a.json");
  EXPECT_EQ(parse_web_path("p/a.JSON")->action, "a.JSON");
}

TEST(WebPath, KeepsTheRestAsItCame) {
  EXPECT_EQ(parse_web_path("p/a")->rest, "");
  EXPECT_EQ(parse_web_path("p/a/")->rest, "/");
  EXPECT_EQ(parse_web_path("p/a.json/b%20c/d.html")->rest, "/b%20c/d.html");
}

TEST(WebPath, DecodesNames) {
  EXPECT_EQ(parse_web_path("my%20p/a%2Db")->package, "my p");
  EXPECT_EQ(parse_web_path("my%20p/a%2Db")->action, "a-b");
}

TEST(WebPath, RefusesWhatNamesNoAction) {
  for (const auto* path : {"", "p", "p/", "/a", "p/.json", "p/a%", "p/a%4", "p/a%00", "p/a%2Fb"})
    EXPECT_FALSE(parse_web_path(path)) << path;
}

// Into the action

TEST(WebParameters, TellTheRequest) {
  auto asked = request("GET");
  asked.headers.add("X-Thing", "One");
  asked.headers.add("x-thing", "Two");
  const auto params = params_of(asked);
  EXPECT_EQ(params.at("__ow_method"), "get");
  EXPECT_EQ(params.at("__ow_path"), "/x");
  EXPECT_EQ(params.at("__ow_headers").at("x-thing"), "Two");
  EXPECT_FALSE(params.contains("__ow_body"));
  EXPECT_FALSE(params.contains("__ow_query"));
  EXPECT_FALSE(params.contains("__ow_user"));
}

TEST(WebParameters, HeadIsTold) {
  auto asked = request("GET");
  asked.head = true;
  EXPECT_EQ(params_of(asked).at("__ow_method"), "head");
}

TEST(WebParameters, NameTheAuthenticatedCallerAlone) {
  EXPECT_EQ(params_of(request("GET"), rules(), Caller{"guest"}).at("__ow_user"), "guest");
}

TEST(WebParameters, QueryParametersAreStringsTheLastOneCounts) {
  const auto params = params_of(request("GET", "a=1&b=x+y%21&a=2&c"));
  EXPECT_EQ(params.at("a"), "2");
  EXPECT_EQ(params.at("b"), "x y!");
  EXPECT_EQ(params.at("c"), "");
}

TEST(WebParameters, AJsonObjectIsMergedOverTheQuery) {
  const auto params = params_of(request("POST", "a=1&b=2", R"({"a":{"n":3}})", "application/json; charset=utf-8"));
  EXPECT_EQ(to_json(params.at("a")), R"({"n":3})");
  EXPECT_EQ(params.at("b"), "2");
  EXPECT_FALSE(params.contains("__ow_body"));
}

TEST(WebParameters, OtherJsonIsTheBodyAsItIs) {
  EXPECT_EQ(to_json(params_of(request("POST", "", "[1,2]", "application/json")).at("__ow_body")), "[1,2]");
  EXPECT_EQ(to_json(params_of(request("POST", "", "null", "application/json")).at("__ow_body")), "null");
  EXPECT_EQ(to_json(params_of(request("POST", "", "7", "application/vnd.x+json")).at("__ow_body")), "7");
}

TEST(WebParameters, AnEmptyJsonBodyIsNone) {
  EXPECT_FALSE(params_of(request("POST", "", "", "application/json")).contains("__ow_body"));
}

TEST(WebParameters, BrokenJsonIs400) { EXPECT_EQ(refusal_of(request("POST", "", "{\"a\":", "application/json")), 400); }

TEST(WebParameters, AFormIsMergedAsStrings) {
  const auto params =
      params_of(request("POST", "a=1", "a=2&b=%C3%A4&b=c+d", "application/x-www-form-urlencoded; charset=UTF-8"));
  EXPECT_EQ(params.at("a"), "2");
  EXPECT_EQ(params.at("b"), "c d");
}

TEST(WebParameters, TextIsTextAndBinaryIsBase64) {
  EXPECT_EQ(params_of(request("POST", "", "h\xC3\xA9", "text/plain")).at("__ow_body"), "h\xC3\xA9");
  EXPECT_EQ(params_of(request("POST", "", "<a/>", "application/xml")).at("__ow_body"), "<a/>");
  const std::string bytes("\x00\xFF\x01", 3);
  for (const auto* type : {"application/octet-stream", "image/png", "image/svg+xml", "multipart/form-data; boundary=x",
                           "application/x-unknown", "nonsense", ""})
    EXPECT_EQ(params_of(request("POST", "", bytes, type)).at("__ow_body").as_string(), base64_encode(bytes)) << type;
  EXPECT_EQ(params_of(request("POST", "", "x", "application/x-unknown; charset=utf-8")).at("__ow_body"), "x");
}

TEST(WebParameters, TextThatIsNoUtf8IsMadeSo) {
  EXPECT_EQ(params_of(request("POST", "", "a\xFFz", "text/plain")).at("__ow_body"), "a\xEF\xBF\xBDz");
}

TEST(WebParameters, RawActionsGetQueryAndBodyUnparsed) {
  const auto raw = rules(R"({"web-export":true,"raw-http":true})", R"({"fixed":"x"})");
  const auto json_body =
      params_of(request("POST", "a=1&fixed=2&__ow_body=3", R"({"fixed":1})", "application/json"), raw);
  EXPECT_EQ(json_body.at("__ow_query"), "a=1&fixed=2&__ow_body=3");
  EXPECT_EQ(json_body.at("__ow_body").as_string(), base64_encode(R"({"fixed":1})"));
  EXPECT_FALSE(json_body.contains("a"));
  EXPECT_FALSE(json_body.contains("fixed"));
  EXPECT_EQ(params_of(request("POST", "", "a=b", "application/x-www-form-urlencoded"), raw).at("__ow_body"), "a=b");
  const auto nothing = params_of(request("GET"), raw);
  EXPECT_EQ(nothing.at("__ow_query"), "");
  EXPECT_EQ(nothing.at("__ow_body"), "");
}

TEST(WebParameters, ReservedPropertiesAreRefused) {
  for (const auto* name : {"__ow_method", "__ow_headers", "__ow_path", "__ow_user", "__ow_query", "__ow_body"}) {
    EXPECT_EQ(refusal_of(request("GET", cat(name, "=1"))), 400) << name;
    EXPECT_EQ(refusal_of(request("POST", "", cat("{\"", name, "\":1}"), "application/json")), 400) << name;
    EXPECT_EQ(refusal_of(request("POST", "", cat(name, "=1"), "application/x-www-form-urlencoded")), 400) << name;
  }
  const auto given = web_parameters(request("GET", "__ow_body=1"), {}, rules(), {});
  EXPECT_EQ(error_of(*given.refusal),
            "400 Request defines parameters that are not allowed (e.g., reserved properties).");
}

TEST(WebParameters, DefinedParametersAreFinalAndEmptyOnesAreNot) {
  const auto with = rules(R"({"web-export":true})", R"({"set":"x","number":0,"empty":"","nothing":null})");
  EXPECT_EQ(refusal_of(request("GET", "set=1"), with), 400);
  EXPECT_EQ(refusal_of(request("GET", "number=1"), with), 400);
  EXPECT_EQ(refusal_of(request("POST", "", R"({"set":1})", "application/json"), with), 400);
  EXPECT_EQ(refusal_of(request("GET", "empty=1&nothing=2&other=3"), with), 0);
}

TEST(WebParameters, PayloadsOverAMegabyteAre413) {
  EXPECT_FALSE(refuse_size(request("POST", "", std::string(kMaxPayloadBytes, 'x'))));
  const auto refusal = refuse_size(request("POST", "", std::string(kMaxPayloadBytes + 1, 'x')));
  ASSERT_TRUE(refusal);
  EXPECT_EQ(error_of(*refusal), "413 Request larger than allowed: 1048577 > 1048576 bytes.");
}

// Who may

TEST(RequireWhiskAuth, AStringOrNumberMustEqualTheHeader) {
  for (const auto* annotations :
       {R"({"web-export":true,"require-whisk-auth":"7"})", R"({"web-export":true,"require-whisk-auth":7})"}) {
    const auto with = rules(annotations);
    auto asked = request("GET");
    EXPECT_EQ(answer_before_running(asked, with, {})->status, 401);
    EXPECT_EQ(answer_before_running(asked, with, Caller{"guest"})->status, 401);
    asked.headers.set("X-Require-Whisk-Auth", "8");
    EXPECT_EQ(answer_before_running(asked, with, {})->status, 401);
    asked.headers.set("X-Require-Whisk-Auth", "7");
    EXPECT_FALSE(answer_before_running(asked, with, {}));
  }
}

TEST(RequireWhiskAuth, FalseIsNoDemand) {
  EXPECT_FALSE(answer_before_running(request("GET"), rules(R"({"web-export":true,"require-whisk-auth":false})"), {}));
}

TEST(RequireWhiskAuth, TrueWantsAnAuthenticatedCallerAndOtherValuesNobody) {
  const auto with = rules(R"({"web-export":true,"require-whisk-auth":true})");
  EXPECT_EQ(answer_before_running(request("GET"), with, {})->status, 401);
  EXPECT_FALSE(answer_before_running(request("GET"), with, Caller{"guest"}));
  const auto wrong = rules(R"({"web-export":true,"require-whisk-auth":{}})");
  EXPECT_EQ(answer_before_running(request("GET"), wrong, Caller{"guest"})->status, 401);
}

// CORS

TEST(Cors, OptionsIsAnsweredWithoutRunningAnything) {
  const auto with = rules(R"({"web-export":true,"require-whisk-auth":true})");
  auto answer = answer_before_running(request("OPTIONS"), with, {});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "");
  add_cors(*answer, request("OPTIONS"), with);
  EXPECT_EQ(answer->headers.get("access-control-allow-origin"), "*");
  EXPECT_EQ(answer->headers.get("access-control-allow-methods"), "OPTIONS, GET, DELETE, POST, PUT, HEAD, PATCH");
  EXPECT_EQ(answer->headers.get("access-control-allow-headers"),
            "Authorization, Origin, X-Requested-With, Content-Type, Accept, User-Agent");
}

TEST(Cors, RequestedHeadersAreAllowed) {
  auto asked = request("OPTIONS");
  asked.headers.add("Access-Control-Request-Headers", "x-one, x-two");
  http::ServerResponse answer;
  add_cors(answer, asked, rules());
  EXPECT_EQ(answer.headers.get("access-control-allow-headers"), "x-one, x-two");
}

TEST(Cors, CustomOptionsRunTheActionAndAreTheActionsOwn) {
  const auto with = rules(R"({"web-export":true,"web-custom-options":true,"require-whisk-auth":true})");
  EXPECT_FALSE(answer_before_running(request("OPTIONS"), with, {}));
  EXPECT_EQ(answer_before_running(request("GET"), with, {})->status, 401);
  http::ServerResponse answer;
  add_cors(answer, request("OPTIONS"), with);
  EXPECT_EQ(answer.headers.size(), 0U);
}

// Out of the action: .http

TEST(HttpAnswer, DefaultsTo200OrTo204WithoutABody) {
  EXPECT_EQ(http_answer(R"({"body":"x"})").status, 200);
  for (const auto* result : {"{}", R"({"body":null})", R"({"body":""})", R"({"other":1})"})
    EXPECT_EQ(http_answer(result).status, 204) << result;
}

TEST(HttpAnswer, AnEmptyBodyKeepsTheStatusAndDropsTheContentType) {
  const auto answer =
      http_answer(R"({"statusCode":302,"headers":{"Content-Type":"nonsense","location":"/x"},"body":""})");
  EXPECT_EQ(answer.status, 302);
  EXPECT_FALSE(answer.headers.has("content-type"));
  EXPECT_EQ(answer.headers.get("location"), "/x");
}

TEST(HttpAnswer, StatusIsAWholeNumberOrAStringOfOne) {
  EXPECT_EQ(http_answer(R"({"statusCode":"404","body":"x"})").status, 404);
  EXPECT_EQ(http_answer(R"({"statusCode":201.0,"body":"x"})").status, 201);
  EXPECT_EQ(http_answer(R"({"statusCode":599,"body":"x"})").status, 599);
  EXPECT_EQ(http_answer(R"({"statusCode":444,"body":"x"})").status, 444);
  for (const auto* code : {"200.5", "\"abc\"", "\"\"", "true", "null", "[]", "-1", "1e99", "100", "1000", "\"200 \""})
    EXPECT_EQ(error_of(http_answer(cat(R"({"statusCode":)", code, R"(,"body":"x"})"))), kNotHttp) << code;
}

TEST(HttpAnswer, TheResultMustBeAnObject) {
  for (const auto* result : {"[1]", "\"x\"", "7", "null"}) EXPECT_EQ(error_of(http_answer(result)), kNotHttp) << result;
}

TEST(HttpAnswer, HeadersAreStringsNumbersBooleansOrListsOfThese) {
  const auto answer = http_answer(R"({"headers":{"a":"x","b":7,"c":true,"Set-Cookie":["one=1","two=2"]},"body":"x"})");
  EXPECT_EQ(answer.headers.get("a"), "x");
  EXPECT_EQ(answer.headers.get("b"), "7");
  EXPECT_EQ(answer.headers.get("c"), "true");
  std::vector<std::string> cookies;
  for (const auto& [name, value] : answer.headers)
    if (name == "Set-Cookie") cookies.push_back(value);
  EXPECT_EQ(cookies, (std::vector<std::string>{"one=1", "two=2"}));
  for (const auto* headers : {R"("x")", "[]", R"({"a":{}})", R"({"a":null})", R"({"a":["x",{}]})"})
    EXPECT_EQ(error_of(http_answer(cat(R"({"headers":)", headers, R"(,"body":"x"})"))), kNotHttp) << headers;
}

TEST(HttpAnswer, AHeaderCannotBringAnotherOne) {
  EXPECT_EQ(error_of(http_answer(R"({"headers":{"a":"x\r\nSet-Cookie: y=1"},"body":"x"})")), kNotHttp);
  EXPECT_EQ(error_of(http_answer(R"({"headers":{"a b":"x"},"body":"x"})")), kNotHttp);
  EXPECT_EQ(error_of(http_answer(R"({"headers":{"":"x"},"body":"x"})")), kNotHttp);
}

TEST(HttpAnswer, AStringWithoutContentTypeIsHtml) {
  const auto answer = http_answer(R"({"body":"<b>ä</b>"})");
  EXPECT_EQ(answer.headers.get("content-type"), "text/html; charset=UTF-8");
  EXPECT_EQ(answer.body, "<b>ä</b>");
}

TEST(HttpAnswer, OtherValuesAreJson) {
  for (const auto* body : {R"({"a":1})", "[1,2]", "7", "true", "false", "{}"}) {
    const auto answer = http_answer(cat(R"({"body":)", body, "}"));
    EXPECT_EQ(answer.status, 200) << body;
    EXPECT_EQ(answer.headers.get("content-type"), "application/json");
    EXPECT_EQ(answer.body, body);
  }
}

TEST(HttpAnswer, OtherValuesTakeAnyJsonTypeAndNoOther) {
  const auto answer = http_answer(R"({"headers":{"content-type":"application/vnd.api+json"},"body":{"a":1}})");
  EXPECT_EQ(answer.headers.get("content-type"), "application/vnd.api+json");
  EXPECT_EQ(parse_json(answer.body, "body"), j(R"({"a":1})"));
  EXPECT_EQ(error_of(http_answer(R"({"headers":{"content-type":"text/html"},"body":{"a":1}})")), kMismatch);
  EXPECT_EQ(error_of(http_answer(R"({"headers":{"content-type":"image/png"},"body":[1]})")), kMismatch);
}

TEST(HttpAnswer, ABinaryTypeWantsBase64) {
  const auto answer = http_answer(R"({"headers":{"Content-Type":"image/png"},"body":"AP8B"})");
  EXPECT_EQ(answer.headers.get("content-type"), "image/png");
  EXPECT_EQ(answer.body, std::string("\x00\xFF\x01", 3));
  EXPECT_EQ(error_of(http_answer(R"({"headers":{"Content-Type":"image/png"},"body":"no base64!"})")), kMismatch);
}

TEST(HttpAnswer, AJsonTypeTakesTextAndDecodesBase64) {
  const auto with = [](std::string_view body) {
    return http_answer(cat(R"({"headers":{"content-type":"application/json"},"body":)", body, "}")).body;
  };
  EXPECT_EQ(with(R"("{\"a\":1}")"), R"({"a":1})");
  EXPECT_EQ(with(cat('"', base64_encode(R"({"a":1})"), '"')), R"({"a":1})");
}

TEST(HttpAnswer, AMalformedContentTypeIsToldOfStrings) {
  for (const auto* type : {"nonsense", "", "text/", "/html", "text/html; =x", "a/b/c"})
    EXPECT_EQ(error_of(http_answer(cat(R"({"headers":{"content-type":")", type, R"("},"body":"x"})"))),
              "400 Response did not specify a known content-type.")
        << type;
}

// The other extensions

TEST(JsonAnswer, IsTheWholeObjectOrList) {
  const auto answer = [](std::string_view result) {
    return web_answer(Status::success, j(result), WebExtension::json);
  };
  EXPECT_EQ(answer(R"({"statusCode":500,"body":"x"})").status, 200);
  EXPECT_EQ(answer(R"({"statusCode":500,"body":"x"})").body, R"({"statusCode":500,"body":"x"})");
  EXPECT_EQ(answer("[1]").headers.get("content-type"), "application/json");
  EXPECT_EQ(error_of(answer("\"x\"")), "400 Response is not valid 'application/json'.");
}

TEST(DocumentAnswer, IsTheBodyOrTheFieldOfItsName) {
  const auto html = [](std::string_view result) { return web_answer(Status::success, j(result), WebExtension::html); };
  EXPECT_EQ(html(R"({"body":"<b>","html":"<i>"})").body, "<b>");
  EXPECT_EQ(html(R"({"html":"<i>"})").headers.get("content-type"), "text/html; charset=UTF-8");
  EXPECT_EQ(error_of(html("{}")), "400 Response is not valid 'text/html'.");
  EXPECT_EQ(error_of(html(R"({"body":{}})")), "400 Response is not valid 'text/html'.");
  const auto svg = [](std::string_view result) { return web_answer(Status::success, j(result), WebExtension::svg); };
  EXPECT_EQ(svg(R"({"svg":"<svg/>"})").headers.get("content-type"), "image/svg+xml");
  EXPECT_EQ(error_of(svg(R"({"html":"<i>"})")), "400 Response is not valid 'image/svg+xml'.");
}

TEST(TextAnswer, IsAnyValue) {
  const auto text = [](std::string_view result) { return web_answer(Status::success, j(result), WebExtension::text); };
  EXPECT_EQ(text(R"({"body":"x"})").body, "x");
  EXPECT_EQ(text(R"({"text":"y"})").headers.get("content-type"), "text/plain; charset=UTF-8");
  EXPECT_EQ(text(R"({"body":7.5})").body, "7.5");
  EXPECT_EQ(text(R"({"body":null})").body, "null");
  EXPECT_EQ(text(R"({"body":{"a":1}})").body, "{\n  \"a\": 1\n}");
  EXPECT_EQ(error_of(text("{}")), "404 Response does not include requested property.");
}

// Errors

TEST(ErrorAnswer, AnApplicationErrorTakesTheResultsPlace) {
  const auto error = [](std::string_view result, WebExtension extension = WebExtension::http) {
    return web_answer(Status::application_error, j(result), extension);
  };
  const auto answer = error(R"({"error":{"statusCode":500,"body":{"error":"boom"}}})");
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body, R"({"error":"boom"})");
  EXPECT_EQ(error_of(error(R"({"error":"boom"})")), kNotHttp);
  EXPECT_EQ(error(R"({"error":"boom"})", WebExtension::text).body, "boom");
  EXPECT_EQ(error(R"({"error":{"a":1}})", WebExtension::json).body, R"({"a":1})");
}

TEST(ErrorAnswer, ADeveloperErrorTellsNothing) {
  const auto answer = web_answer(Status::developer_error, j(R"({"error":"secret details"})"), WebExtension::http);
  EXPECT_EQ(error_of(answer), "400 There was an error processing your request.");
}

TEST(ErrorAnswer, AnActivationThatStillRunsIs202) {
  EXPECT_EQ(error_of(not_ready_answer()), "202 Response not yet ready.");
}

}  // namespace
}  // namespace adit::dev
