import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/** Does each operation once, for the bytes to be recorded: java Golden.java host:port. */
public class Golden {
  public static void main(String[] args) throws Exception {
    var connected = new java.util.concurrent.CountDownLatch(1);
    ZooKeeper zk = new ZooKeeper(args[0], 10000, event -> connected.countDown());
    connected.await();
    var open = ZooDefs.Ids.OPEN_ACL_UNSAFE;
    zk.addAuthInfo("digest", "ann:secret".getBytes());
    zk.create("/java", "é".getBytes("UTF-8"), open, CreateMode.PERSISTENT);
    zk.create("/java/null", null, open, CreateMode.PERSISTENT);
    Stat stat = new Stat();
    zk.create("/java/stat", "x".getBytes(), ZooDefs.Ids.CREATOR_ALL_ACL, CreateMode.EPHEMERAL, stat);
    zk.create("/java/s-", new byte[0], open, CreateMode.EPHEMERAL_SEQUENTIAL);
    zk.create("/java/container", new byte[0], open, CreateMode.CONTAINER);
    zk.create("/java/ttl", new byte[0], open, CreateMode.PERSISTENT_WITH_TTL, stat, 60000);
    Watcher watcher = event -> {};
    zk.exists("/java", watcher);
    zk.exists("/java/missing", watcher);
    zk.getData("/java", watcher, stat);
    zk.getData("/java/null", false, stat);
    zk.getChildren("/java", watcher);
    zk.getChildren("/java", false, stat);
    zk.setData("/java", "y".getBytes(), -1);
    zk.getACL("/java/stat", stat);
    zk.setACL("/java/null", ZooDefs.Ids.READ_ACL_UNSAFE, -1);
    zk.sync("/java", (code, path, context) -> {}, null);
    zk.addWatch("/java", watcher, AddWatchMode.PERSISTENT);
    zk.addWatch("/java/stat", watcher, AddWatchMode.PERSISTENT_RECURSIVE);
    zk.removeWatches("/java/stat", watcher, Watcher.WatcherType.Any, false);
    zk.removeAllWatches("/java", Watcher.WatcherType.Children, false);
    zk.getEphemerals("/java");
    zk.getAllChildrenNumber("/java");
    zk.whoAmI();
    zk.multi(Arrays.asList(
        Op.create("/java/m", "1".getBytes(), open, CreateMode.PERSISTENT),
        Op.create("/java/mc", "1".getBytes(), open, CreateMode.CONTAINER),
        Op.create("/java/mt", "1".getBytes(), open, CreateMode.PERSISTENT_WITH_TTL, 60000),
        Op.setData("/java/m", "2".getBytes(), 0),
        Op.check("/java/m", 1),
        Op.delete("/java/m", -1)));
    try {
      zk.multi(Arrays.asList(Op.setData("/java", "3".getBytes(), -1), Op.delete("/java/missing", -1)));
    } catch (KeeperException.NoNodeException expected) {
      // That a multi fails is wanted here.
    }
    List<Op> reads = new ArrayList<>();
    for (String path : new String[] {"/java", "/java/null", "/java/missing"}) reads.add(Op.getData(path));
    reads.add(Op.getChildren("/java"));
    zk.multi(reads);
    zk.delete("/java/ttl", -1);
    zk.close();
  }
}
