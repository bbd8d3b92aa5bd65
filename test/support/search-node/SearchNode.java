import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.opensearch.analysis.common.CommonAnalysisPlugin;
import org.opensearch.common.settings.Settings;
import org.opensearch.http.HttpServerTransport;
import org.opensearch.index.mapper.MapperExtrasPlugin;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.Plugin;
import org.opensearch.transport.Netty4Plugin;

/**
 * One OpenSearch node on the loopback address. Arguments: its directory, its HTTP port (0 = any free one). Prints
 * "PORT n" once it answers, and ends when its standard input ends: it never outlives who started it.
 */
public final class SearchNode {
  private static final List<Class<? extends Plugin>> PLUGINS =
      List.of(Netty4Plugin.class, MapperExtrasPlugin.class, CommonAnalysisPlugin.class);

  /** The constructor of Node that takes plugins of the class path is protected. */
  private static final class OpenNode extends Node {
    OpenNode(Settings settings, Path config, List<Class<? extends Plugin>> plugins) {
      super(InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), config, () -> "test"), plugins, true);
    }

    int httpPort() {
      return injector().getInstance(HttpServerTransport.class).boundAddress().publishAddress().getPort();
    }
  }

  public static void main(String[] args) throws Exception {
    Path home = Path.of(args[0]).toAbsolutePath();
    for (String folder : List.of("config", "modules", "plugins")) Files.createDirectories(home.resolve(folder));
    Settings settings = Settings.builder()
        .put("path.home", home.toString())
        .put("cluster.name", "katalog-test")
        .put("discovery.type", "single-node")
        .put("http.host", "127.0.0.1")
        .put("http.port", args[1])
        .put("transport.host", "127.0.0.1")
        .put("transport.port", "0")
        .put("cluster.routing.allocation.disk.threshold_enabled", false)
        .build();
    try (OpenNode node = new OpenNode(settings, home.resolve("config"), PLUGINS)) {
      node.start();
      System.out.println("PORT " + node.httpPort());
      while (System.in.read() >= 0) {
        // Waits for the end of the input.
      }
    }
    System.exit(0);
  }
}
