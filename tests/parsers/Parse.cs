// Newtonsoft's JSON as it is by default.
using System;
using System.Text;
using Newtonsoft.Json;

class Parse {
    static void Main() {
        string line;
        while ((line = Console.In.ReadLine()) != null) {
            string read;
            try {
                var value = JsonConvert.DeserializeObject(Encoding.UTF8.GetString(Convert.FromBase64String(line)));
                read = JsonConvert.SerializeObject(value, Formatting.None);
            } catch (Exception) {
                read = "!";
            }
            Console.Out.WriteLine(read);
        }
    }
}
