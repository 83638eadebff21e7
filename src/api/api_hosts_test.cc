#include <gmock/gmock.h>

#include "adit/api_client.h"
#include "adit/error.h"

#include "base/text/text.h"

namespace adit::api {
namespace {

TEST(ApiHosts, are_by_default_only_adobes_over_https) {
  const auto hosts = ApiHosts::adobe();
  for (const auto* url :
       {"https://analytics.adobe.io/api/x?y#z", "https://ANALYTICS.Adobe.IO/", "https://api.adobe.io:443",
        "https://ims-na1.adobelogin.com/ims/x", "https://a.b.adobe.com/"}) {
    EXPECT_TRUE(hosts.contains(url)) << url;
  }
  for (const auto* url : {"http://analytics.adobe.io/",
                          "https://analytics.adobe.io:8443/",
                          "https://adobe.io/",
                          "https://evil-adobe.io/",
                          "https://analytics.adobe.io.evil.example/",
                          "https://evil.example/analytics.adobe.io",
                          "https://evil.example?analytics.adobe.io",
                          "https://evil.example#.adobe.io",
                          "https://evil.example\\.adobe.io/",
                          "https://analytics.adobe.io@evil.example/",
                          "https://me:secret@analytics.adobe.io/",
                          "//analytics.adobe.io/",
                          "ftp://analytics.adobe.io/",
                          "analytics.adobe.io",
                          "",
                          "https://.adobe.io/",
                          "https://x.adobeioruntime.net/",
                          "https://x.adobeio-static.net/",
                          "file:///etc/passwd",
                          "https://analytics.adobe.io%2eevil.example/",
                          "https://evil.example/%2f.adobe.io"}) {
    EXPECT_FALSE(hosts.contains(url)) << url;
  }
}

TEST(ApiHosts, can_be_extended) {
  auto hosts = ApiHosts::adobe();
  hosts.add("api.example.com")
      .add("*.corp.example")
      .add("other.example:8443")
      .add("http://127.0.0.1:9001")
      .add("http://app.localhost:3000");
  for (const auto* url : {"https://api.example.com/x", "https://a.corp.example", "https://other.example:8443/",
                          "http://127.0.0.1:9001/path", "http://app.localhost:3000/"}) {
    EXPECT_TRUE(hosts.contains(url)) << url;
  }
  for (const auto* url : {"http://api.example.com/x", "https://sub.api.example.com/", "https://corp.example/",
                          "https://other.example/", "http://127.0.0.1:9002/", "http://localhost:9001/"}) {
    EXPECT_FALSE(hosts.contains(url)) << url;
  }
}

TEST(ApiHosts, include_only_the_aem_environment_that_the_client_id_names) {
  auto hosts = ApiHosts::adobe();
  hosts.add_aem_environment("cm-p1-e2-integration-0");
  EXPECT_TRUE(hosts.contains("https://author-p1-e2.adobeaemcloud.com/api/assets.json"));
  EXPECT_TRUE(hosts.contains("https://publish-p1-e2.adobeaemcloud.com/"));
  for (const auto* url : {"https://author-p1-e3.adobeaemcloud.com/", "https://author-p11-e2.adobeaemcloud.com/",
                          "http://author-p1-e2.adobeaemcloud.com/", "https://author-p1-e2.adobeaemcloud.com:8443/",
                          "https://author-p1-e2.adobeaemcloud.com.evil.example/", "https://adobeaemcloud.com/",
                          "https://x.author-p1-e2.adobeaemcloud.com/", "https://preview-p1-e2.adobeaemcloud.com/"})
    EXPECT_FALSE(hosts.contains(url)) << url;
  for (const auto* id : {"", "58b23182d80a40fea8b12bc236d71167", "cm-p1-e2.evil.example", "cm-p*-e2"})
    EXPECT_EQ(ApiHosts().add_aem_environment(id).patterns().size(), 0U) << id;
}

TEST(ApiHosts, refuses_invalid_and_too_wide_patterns) {
  for (const auto* pattern : {"", "*", "*.com", "*.", "a/b", "http://api.example.com", "http://127.0.0.1.evil.example",
                              "user@host.example", "https://host.example/path", "*.127.0.0.1", "*.app.localhost",
                              "http://app.localhost.evil.example", "http://10.0.0.1", "*.*.example.com", "host name"}) {
    try {
      static_cast<void>(ApiHosts().add(pattern));
      ADD_FAILURE() << pattern;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "invalid_api_hosts") << pattern;
      EXPECT_TRUE(error.is_configuration());
    }
  }
}

TEST(ApiHosts, include_targets_of_routes_only_on_this_machine_or_over_https) {
  Environment environment;
  const auto with = [](const std::string& routes) {
    return ApiHosts::adobe().add_targets(http::Endpoints::parse(routes));
  };
  EXPECT_TRUE(with("https://analytics.adobe.io=http://127.0.0.1:9001").contains("http://127.0.0.1:9001/api"));
  EXPECT_TRUE(with("https://analytics.adobe.io=https://proxy.example").contains("https://proxy.example/api"));
  EXPECT_FALSE(with("https://analytics.adobe.io=http://proxy.example").contains("http://proxy.example/api"));
  EXPECT_FALSE(with("https://other.example=http://127.0.0.1:9001").contains("http://127.0.0.1:9001/api"))
      << "the host gets no tokens, so its target gets none";
}

}  // namespace
}  // namespace adit::api
