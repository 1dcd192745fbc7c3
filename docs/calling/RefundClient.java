import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** java RefundClient.java NUMBER AMOUNT ORDER: applies for a refund, then reads it. Java 17, no dependencies. */
public class RefundClient {
    record Answer(int status, String body) {
        /** A text of the body by its name. A program has a JSON library for that. */
        String text(String name) {
            Matcher found = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(body);
            return found.find() ? found.group(1) : "";
        }
    }

    /** sessionToken is that of temporary credentials; null or empty where there is none. */
    record Credentials(String accessKeyId, String secretAccessKey, String sessionToken) {
        boolean hasToken() {
            return sessionToken != null && !sessionToken.isEmpty();
        }
    }

    /** No answer that tells anything: what became of the request is not known. Send it again later, unchanged. */
    static class UnknownOutcome extends Exception {
        UnknownOutcome(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private static final int ATTEMPTS = 5;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String url;
    private final Signer signer;

    RefundClient(String url, String region, Credentials credentials) {
        this.url = url;
        this.signer = new Signer(region, credentials);
    }

    /** The application's fields as JSON. The same number is never sent with other fields, nor the same refund under another number. */
    Answer apply(String application) throws Exception {
        return call("POST", "/refunds", application);
    }

    Answer get(String number) throws Exception {
        return call("GET", "/refunds/" + encode(number), "");
    }

    /** A page; next is empty, or that of the page before. */
    Answer history(String number, String next) throws Exception {
        return call("GET", "/refunds/" + encode(number) + "/history" + (next.isEmpty() ? "" : "?next=" + encode(next)), "");
    }

    Answer list(String order, String next) throws Exception {
        return call("GET", "/refunds?no_order=" + encode(order) + (next.isEmpty() ? "" : "&next=" + encode(next)), "");
    }

    /** Repeats the same request where that is safe: after a 429, a 5xx, or where no answer came. */
    private Answer call(String method, String path, String body) throws UnknownOutcome, InterruptedException, GeneralSecurityException {
        String last = "";
        Throwable cause = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            if (attempt > 0) Thread.sleep((long) (ThreadLocalRandom.current().nextDouble(0.5, 1) * 200 * (1 << attempt)));
            URI uri = URI.create(url + path);
            HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                // API Gateway waits 30 seconds for the service.
                .timeout(Duration.ofSeconds(31))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
            // A signature holds for minutes: each attempt has its own.
            signer.headers(method, uri, body, Instant.now()).forEach(request::header);
            try {
                var answer = http.send(request.build(), BodyHandlers.ofString());
                if (answer.statusCode() != 429 && answer.statusCode() < 500) return new Answer(answer.statusCode(), answer.body());
                last = answer.statusCode() + " " + answer.body();
            } catch (IOException error) {
                last = error.toString();
                cause = error;
            }
        }
        throw new UnknownOutcome(last, cause);
    }

    static String encode(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20").replace("*", "%2A").replace("%7E", "~");
    }

    /** AWS Signature Version 4. */
    static class Signer {
        private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
        private final String region;
        private final Credentials credentials;

        Signer(String region, Credentials credentials) {
            this.region = region;
            this.credentials = credentials;
        }

        /** The headers to send with the request; the HTTP client itself sends the host, which is signed too. */
        Map<String, String> headers(String method, URI uri, String body, Instant now) throws GeneralSecurityException {
            String time = TIME.format(now);
            String scope = time.substring(0, 8) + "/" + region + "/execute-api/aws4_request";
            Map<String, String> signed = new TreeMap<>(Map.of("host", uri.getRawAuthority(), "x-amz-date", time));
            if (!body.isEmpty()) signed.put("content-type", "application/json");
            if (credentials.hasToken()) signed.put("x-amz-security-token", credentials.sessionToken());

            String names = String.join(";", signed.keySet());
            String lines = signed.entrySet().stream().map(it -> it.getKey() + ":" + it.getValue() + "\n").collect(Collectors.joining());
            String request = String.join("\n", method, canonicalPath(uri), canonicalQuery(uri), lines, names, sha256(body));
            String text = String.join("\n", "AWS4-HMAC-SHA256", time, scope, sha256(request));

            byte[] key = ("AWS4" + credentials.secretAccessKey()).getBytes(UTF_8);
            for (String part : scope.split("/")) key = hmac(key, part);
            signed.put("authorization", "AWS4-HMAC-SHA256 Credential=" + credentials.accessKeyId() + "/" + scope
                + ", SignedHeaders=" + names + ", Signature=" + HexFormat.of().formatHex(hmac(key, text)));
            signed.remove("host");
            return signed;
        }

        /** Each segment is encoded once more than in the URL. */
        private static String canonicalPath(URI uri) {
            return Arrays.stream(uri.getRawPath().split("/", -1)).map(RefundClient::encode).collect(Collectors.joining("/"));
        }

        /** Sorted by names, not by whole pairs: & and = would take part otherwise. No name is sent twice. */
        private static String canonicalQuery(URI uri) {
            if (uri.getRawQuery() == null) return "";
            Map<String, String> pairs = new TreeMap<>();
            for (String pair : uri.getRawQuery().split("&")) pairs.put(pair.split("=", 2)[0], pair);
            return String.join("&", pairs.values());
        }

        private static String sha256(String text) throws GeneralSecurityException {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
        }

        private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(UTF_8));
        }
    }

    public static void main(String[] args) throws Exception {
        Map<String, String> env = System.getenv();
        Credentials credentials = new Credentials(
            env.get("AWS_ACCESS_KEY_ID"), env.get("AWS_SECRET_ACCESS_KEY"), env.get("AWS_SESSION_TOKEN"));
        RefundClient client = new RefundClient(env.get("REFUNDS_URL"), env.get("AWS_REGION"), credentials);
        String number = args[0];
        String application = """
            {"no_refund":"%s","money_refund":"%s","no_order":"%s"}""".formatted((Object[]) args);
        Answer applied;
        try {
            applied = client.apply(application);
        } catch (UnknownOutcome error) {
            System.out.println(error.getMessage() + ": what became of it is not known. Apply again later, unchanged, under the same number");
            System.exit(3);
            return;
        }
        System.out.println(applied.status() + switch (applied.status()) {
            case 200 -> ": " + applied.text("status") + ". After FAILED without a conflict, the money may go another way";
            case 202 -> ": recorded. The service carries it to its end, nothing needs to be repeated";
            case 409 -> ": " + applied.text("message") + " Find out why: a new number could be a second payment";
            case 422 -> ": rejected with " + applied.text("ret_code") + ". Once the cause is gone, apply again, unchanged";
            default -> ": nothing was sent. Mend the request: " + applied.body();
        });
        if (applied.status() >= 300) System.exit(applied.status() == 409 || applied.status() == 422 ? 1 : 2);

        System.out.println(client.get(number).body());
        String next = "";
        do {
            Answer page = client.history(number, next);
            System.out.println(page.body());
            next = page.text("next");
        } while (!next.isEmpty());
        do {
            Answer page = client.list(args[2], next);
            System.out.println(page.body());
            next = page.text("next");
        } while (!next.isEmpty());
    }
}
