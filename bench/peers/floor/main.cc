// The floor: the least that a program with OpenSSL can do for one activation of examples/analytics-report. It starts,
// signs once, and makes two requests over one socket. It reads only what it expects, and handles nothing else:
// no time-outs, no TLS, no proxies, no errors, no secrets wiped. How far adit is from this is what all of that costs.
//
// Usage: floor PARAMETERS    (with ADIT_ENDPOINTS=https://…=http://127.0.0.1:PORT,…)
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

using std::string;
using std::string_view;

static unsigned char* bytes(string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
static const unsigned char* bytes(string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

static string member(string_view json, const string& name) {
  const auto begin = json.find('"', json.find(':', json.find('"' + name + '"'))) + 1;
  return string(json.substr(begin, json.find('"', begin) - begin));
}

static string decode(string_view base64) {
  string text;
  for (const char c : base64)
    if (c != '\n') text += c;
  string decoded(text.size(), '\0');
  const int size = EVP_DecodeBlock(bytes(decoded), bytes(string_view(text)), static_cast<int>(text.size()));
  decoded.resize(static_cast<std::size_t>(size) - (text.size() - text.find_last_not_of('=') - 1));
  return decoded;
}

static string encode(string_view text) {
  string encoded((text.size() + 2) / 3 * 4 + 1, '\0');
  encoded.resize(static_cast<std::size_t>(EVP_EncodeBlock(bytes(encoded), bytes(text), static_cast<int>(text.size()))));
  while (encoded.ends_with('=')) encoded.pop_back();
  for (char& c : encoded) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return encoded;
}

static string sign(const string& pem, const string& text) {
  const auto begin = pem.find("-----\n") + 6;
  const string der = decode(string_view(pem).substr(begin, pem.find("\n-----END") - begin));
  const auto* at = bytes(string_view(der));
  const auto* info = d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size()));
  int size = 0;
  PKCS8_pkey_get0(nullptr, &at, &size, nullptr, info);
  RSA* key = d2i_RSAPrivateKey(nullptr, &at, size);
  RSA_set_flags(key, RSA_FLAG_NO_BLINDING);
  string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, text.data(), text.size());
  SHA256_Final(bytes(hash), &context);
  string signature(static_cast<std::size_t>(RSA_size(key)), '\0');
  unsigned int length = 0;
  if (RSA_sign(NID_sha256, bytes(hash), SHA256_DIGEST_LENGTH, bytes(signature), &length, key) != 1) std::exit(1);
  return signature;
}

static string post(int server, const string& path, const string& headers, const string& body) {
  const string request = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers +
                         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  if (write(server, request.data(), request.size()) < 0) std::exit(1);
  string answer;
  char piece[8192];
  while (true) {
    const auto count = read(server, piece, sizeof piece);
    if (count <= 0) std::exit(1);
    answer.append(piece, static_cast<std::size_t>(count));
    const auto head = answer.find("\r\n\r\n");
    if (head == string::npos) continue;
    const auto size = std::strtoul(answer.c_str() + answer.find("Content-Length: ") + 16, nullptr, 10);
    if (answer.size() >= head + 4 + size) return answer.substr(head + 4);
  }
}

int main(int, char** arguments) {
  const string_view params = arguments[1];
  const string client = member(params, "JWT_CLIENT_ID");
  const string claims = "{\"exp\":" + std::to_string(std::time(nullptr) + 300) + ",\"iss\":\"" +
                        member(params, "JWT_IMS_ORG") + "\",\"sub\":\"" + member(params, "JWT_TECHNICAL_ACCOUNT_ID") +
                        "\",\"aud\":\"https://ims-na1.adobelogin.com/c/" + client + "\",\"" +
                        member(params, "JWT_METASCOPES") + "\":true}";
  const string signed_text = encode("{\"alg\":\"RS256\",\"typ\":\"JWT\"}") + "." + encode(claims);
  const string assertion = signed_text + "." + encode(sign(decode(member(params, "JWT_PRIVATE_KEY")), signed_text));

  const string_view endpoints = std::getenv("ADIT_ENDPOINTS");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(endpoints.data() + endpoints.rfind(':') + 1)));
  const int server = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(server, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return 1;
  const string token = member(
      post(server, "/ims/exchange/jwt", "Content-Type: application/x-www-form-urlencoded\r\n",
           "client_id=" + client + "&client_secret=" + member(params, "JWT_CLIENT_SECRET") + "&jwt_token=" + assertion),
      "access_token");
  const string query =
      "{\"rsid\":\"examplersid\",\"globalFilters\":[{\"type\":\"dateRange\","
      "\"dateRange\":\"2023-01-01T00:00:00.000/2023-01-08T00:00:00.000\"}],"
      "\"metricContainer\":{\"metrics\":[{\"columnId\":\"0\",\"id\":\"metrics/pageviews\"}]},"
      "\"dimension\":\"variables/daterangeday\",\"settings\":{\"limit\":50,\"page\":0}}";
  const string report = post(server, "/api/example/reports",
                             "Content-Type: application/json\r\nAuthorization: Bearer " + token +
                                 "\r\nx-api-key: " + client + "\r\nx-proxy-global-company-id: example\r\n",
                             query);
  std::printf("{\"statusCode\":200,\"body\":%s}\n", report.c_str());
}
