import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooKeeper;

/**
 * Reads the values of a znode's children with Java's client by multi-reads, for the benchmark. For each line "parent" on
 * standard input it prints a line of JSON with how many values were read and how many milliseconds that took. Prints
 * "ready" first.
 */
public final class ChildValues {
  /** Reads of one multi: its answer stays far below the client's limit of 1 MB. */
  private static final int READS = 1_000;

  public static void main(String[] args) throws Exception {
    CountDownLatch connected = new CountDownLatch(1);
    ZooKeeper client = new ZooKeeper(args[0], 30_000, event -> connected.countDown());
    connected.await();
    System.out.println("ready");
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
    for (String parent = input.readLine(); parent != null; parent = input.readLine()) {
      long begun = System.nanoTime();
      int count = read(client, parent);
      double ms = (System.nanoTime() - begun) / 1e6;
      System.out.println("{\"count\":" + count + ",\"ms\":" + ms + "}");
    }
    client.close();
  }

  /** All multi-reads are submitted at once. */
  private static int read(ZooKeeper client, String parent) throws Exception {
    List<String> names = client.getChildren(parent, false);
    AtomicInteger count = new AtomicInteger();
    CountDownLatch open = new CountDownLatch((names.size() + READS - 1) / READS);
    for (int start = 0; start < names.size(); start += READS) {
      List<Op> reads = new ArrayList<>();
      for (String name : names.subList(start, Math.min(start + READS, names.size()))) {
        reads.add(Op.getData(parent + "/" + name));
      }
      client.multi(
          reads,
          (code, path, context, results) -> {
            if (code == KeeperException.Code.OK.intValue()) {
              for (OpResult result : results) {
                if (result instanceof OpResult.GetDataResult) count.incrementAndGet();
              }
            }
            open.countDown();
          },
          null);
    }
    open.await();
    return count.get();
  }
}
