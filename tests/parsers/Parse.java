// Gson as lenient as it is by default, and Jackson with every feature that allows more.
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.gson.stream.JsonReader;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

class Parse {
    public static void main(String[] arguments) throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        for (JsonParser.Feature feature : JsonParser.Feature.values()) {
            boolean stricter = feature == JsonParser.Feature.STRICT_DUPLICATE_DETECTION;
            mapper.configure(feature, !stricter);
        }
        ObjectMapper plain = new ObjectMapper();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = lines.readLine()) != null; ) {
            byte[] content = Base64.getDecoder().decode(line);
            String read;
            try {
                if (arguments[0].equals("gson")) {
                    JsonReader reader = new JsonReader(new StringReader(new String(content, StandardCharsets.UTF_8)));
                    reader.setLenient(true);
                    read = com.google.gson.JsonParser.parseReader(reader).toString();
                } else {
                    read = plain.writeValueAsString(mapper.readTree(content));
                }
            } catch (Exception | StackOverflowError failure) {
                read = "!";
            }
            System.out.println(read.replace("\n", " "));
        }
    }
}
