/**
 * Which types hold data, and what is lost with them; which changes of a type replace its parts one after another. Data
 * only. A type that the program protects and that is missing here fails a test.
 */

/** By resource type: what is lost when an object of it is replaced or deleted. */
const HOLDS: Readonly<Record<string, string>> = {
  "aws:kms/key:Key": "everything that is encrypted with it, wherever that lies",
  "aws:kms/replicaKey:ReplicaKey": "everything that is encrypted with it in its region",
  "aws:s3/bucket:Bucket": "every object in it, with all versions",
  "aws:rds/instance:Instance": "its databases",
  "aws:rds/cluster:Cluster": "its databases",
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication":
    "the copies of the database's backups in the other region",
  "aws:elasticache/replicationGroup:ReplicationGroup": "every key in the cache",
  "aws:eks/cluster:Cluster": "every object of the cluster, and the volumes of its pods",
  "aws:ecr/repository:Repository": "every image in it",
  "aws:route53/zone:Zone": "every record in it, and the name servers that the domain is delegated to",
  "aws:cloudwatch/logGroup:LogGroup": "every line that was logged to it",
  "azure-native:containerregistry:Registry": "every image in it",
  "azure-native:containerservice:ManagedCluster": "every object of the cluster, and the volumes of its pods",
  "azure-native:dbforpostgresql:Server": "its databases",
  "azure-native:dns:Zone": "every record in it, and the name servers that the domain is delegated to",
  "azure-native:keyvault:Key": "everything that is encrypted with it, wherever that lies",
  "azure-native:keyvault:Vault": "its keys and secrets, and everything that is encrypted with them",
  "azure-native:storage:BlobContainer": "every blob in it, with all versions",
  "azure-native:storage:StorageAccount": "every blob in it, with all versions",
  "kubernetes:core/v1:PersistentVolume": "the data in the volume",
  "kubernetes:core/v1:PersistentVolumeClaim": "the data in its volume",
  "kubernetes:apps/v1:StatefulSet": "the data in the volumes that its pods claim",
  "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition": "every object of its kind, in every namespace",
  "kubernetes:kafka.strimzi.io/v1beta2:Kafka": "its topics and their messages",
  "kubernetes:postgresql.cnpg.io/v1:Cluster": "its databases",
  "kubernetes:rabbitmq.com/v1beta1:RabbitmqCluster": "its queues and their messages",
};

/** By resource type: beginnings of property paths whose change goes from part to part, the others serving meanwhile. */
const ROLLS: Readonly<Record<string, readonly string[]>> = {
  "aws:eks/addon:Addon": ["addonVersion", "configurationValues"],
  "aws:eks/nodeGroup:NodeGroup": ["launchTemplate", "releaseVersion", "version"],
  "aws:elasticache/replicationGroup:ReplicationGroup": ["engineVersion", "nodeType"],
  "kubernetes:apps/v1:DaemonSet": ["spec.template"],
  "kubernetes:apps/v1:Deployment": ["spec.template"],
  "kubernetes:apps/v1:StatefulSet": ["spec.template"],
  "kubernetes:argoproj.io/v1alpha1:Rollout": ["spec.template"],
  "kubernetes:postgresql.cnpg.io/v1:Cluster": ["spec.imageName", "spec.postgresql", "spec.resources"],
};

/** What is lost with an object of this type; undefined when it holds nothing. */
export const lossOf = (type: string): string | undefined => (Object.hasOwn(HOLDS, type) ? HOLDS[type] : undefined);

/** Whether a change at this path replaces parts one after another. */
export const rolls = (type: string, path: string): boolean =>
  (Object.hasOwn(ROLLS, type) ? (ROLLS[type] ?? []) : []).some(
    (start) => path === start || path.startsWith(`${start}.`) || path.startsWith(`${start}[`),
  );
